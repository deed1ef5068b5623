import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

export interface LoadedEnvironment {
  /** The files of the project under the real environment. */
  readonly environment: Readonly<Record<string, string>>
  /** Every file that was read or looked for, weakest first. */
  readonly files: readonly string[]
  /** Lines that are no `NAME=value`. */
  readonly badLines: readonly { readonly file: string; readonly line: number; readonly text: string }[]
}

/**
 * Reads `.env`, `.env.local`, `.env.<name>` and `.env.<name>.local` of a folder; later ones win, the real environment wins
 * over all.
 */
export async function loadEnvironment(
  folder: string,
  { env, name }: { env: Readonly<Record<string, string | undefined>>; name?: string | undefined },
): Promise<LoadedEnvironment> {
  const names = ['.env', '.env.local', ...(name === undefined ? [] : [`.env.${name}`, `.env.${name}.local`])]
  const files = names.map((one) => join(folder, one))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
  const real = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const fromFiles = texts.flatMap((text) => Object.entries(parseEnv(text)) as [string, string][])
  return {
    environment: Object.fromEntries([...fromFiles, ...real]),
    files,
    badLines: files.flatMap((file, index) => badLines(texts[index] ?? '').map((bad) => ({ file, ...bad }))),
  }
}

/** Lines that look like nothing an environment file can hold; those inside a quoted value are left alone. */
function badLines(text: string): { line: number; text: string }[] {
  let quote: string | undefined
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (quote !== undefined) {
      if (line.includes(quote)) quote = undefined
      return []
    }
    const value = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(.*)$/.exec(line)?.[1]
    if (value === undefined) return /^\s*(#|$)/.test(line) ? [] : [{ line: index + 1, text: line.trim() }]
    const opened = /^["'`]/.exec(value)?.[0]
    if (opened !== undefined && !value.slice(1).includes(opened)) quote = opened
    return []
  })
}
