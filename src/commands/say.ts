import { style } from '../output/style.js'
import type { Context } from './context.js'

/** Tells that something was done. */
export function sayDone({ err, quiet }: Context, text: string): void {
  if (!quiet) err.line(`${style.green(err.symbols.ok)} ${text}`)
}

/** A remark under what was said. */
export function sayMore({ err, quiet }: Context, text: string): void {
  if (!quiet) err.line(`  ${text}`)
}

export function sayWarning({ err }: Context, text: string): void {
  err.line(`${style.yellow(err.symbols.warn)} ${text}`)
}
