import { type Context, Script, createContext } from 'node:vm'

const mostMs = 1000
/** Under this many characters even the worst expression ends at once. */
const shortText = 16
/** Without one of these nothing can be tried over and over. */
const unbounded = /[*+]|\{\d+,/

const script = new Script('expression.exec(text)')
let context: Context | undefined

/** A regular expression whose search ends after a second, though it would backtrack for years. */
export class TimedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    return text.length < shortText || !unbounded.test(this.source) ? super.exec(text) : this.#timed(text)
  }

  #timed(text: string): RegExpExecArray | null {
    context ??= createContext(Object.create(null) as object)
    context.expression = { exec: (one: string) => super.exec(one) }
    context.text = text
    try {
      return script.runInContext(context, { timeout: mostMs }) as RegExpExecArray | null
    } finally {
      delete context.expression
      delete context.text
    }
  }
}
