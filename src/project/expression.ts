import type { Expression as Compiled, JsonataError } from 'jsonata'
import { TimedRegExp } from './timed-regexp.js'

/** JSONata expressions: compiling them, and evaluating them within limits. The library is loaded when the first is compiled. */

/** What is wrong with an expression, or went wrong when it was evaluated. Holds nothing of the data. */
export class ExpressionError extends Error {
  /** Where in the expression, from 0; undefined if that is not known. */
  readonly position: number | undefined

  constructor(message: string, position?: number) {
    super(message)
    this.position = position
  }
}

export interface Expression {
  /**
   * What the expression makes of `input`; undefined if that is nothing.
   *
   * @param bindings variables, without their dollar sign
   * @throws ExpressionError
   */
  evaluate(input: unknown, bindings?: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** Milliseconds that one evaluation may take, how deep it may go, and how long a list it may make. */
const limits = {
  timeout: 2_000,
  stack: 400,
  sequence: 1_000_000,
  // The library only ever makes one with "new".
  RegexEngine: TimedRegExp as unknown as RegExpConstructor,
}
/** Longer than this an evaluation does not keep others waiting. */
const sliceMs = 10
const longestExpression = 100_000

/** @throws ExpressionError for a text that is no expression */
export async function compileExpression(text: string): Promise<Expression> {
  if (text.length > longestExpression) throw new ExpressionError(`it is longer than ${longestExpression} characters`)
  const { default: jsonata } = await import('jsonata')
  const compiled = guarded(() => jsonata(text, limits))
  letOthersRun(compiled)
  return {
    evaluate: async (input, bindings) => {
      try {
        return plain(await compiled.evaluate(input, bindings))
      } catch (error) {
        throw explained(error)
      }
    },
  }
}

/** The library asks this before each node. It never waits by itself, so an evaluation would keep everything else waiting. */
function letOthersRun(compiled: Compiled): void {
  let until = 0
  const before = (): Promise<void> | undefined => {
    const now = performance.now()
    if (now < until) return undefined
    until = now + sliceMs
    return new Promise((resolve) => setImmediate(resolve))
  }
  // A symbol, which its types do not know.
  compiled.assign(Symbol.for('jsonata.__evaluate_entry') as unknown as string, before)
}

function guarded<T>(compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    throw explained(error)
  }
}

function explained(error: unknown): ExpressionError {
  if (isTimeout(error)) return new ExpressionError('it searches with a regular expression for longer than a second')
  if (error instanceof RangeError) return new ExpressionError('it goes too deep, or makes too much')
  const { message, position, ...told } = error as Partial<JsonataError> & Readonly<Record<string, unknown>>
  return new ExpressionError(withoutValues(message ?? 'it failed', told), position)
}

function isTimeout(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

/** The library's messages repeat values of the data, which are nobody's business. */
function withoutValues(message: string, { code, value, value2 }: Readonly<Record<string, unknown>>): string {
  const reworded = reasons[String(code)] ?? message
  const texts = [value, value2].flatMap((one) => [JSON.stringify(one) as string | undefined, String(one)])
  const shown = texts
    .filter((text) => text !== undefined && text !== 'undefined' && text.length > 1)
    .reduce<string>((left, text = '') => left.replaceAll(text, '…'), reworded)
  return shown.replace(/^./, (first) => first.toLowerCase()).replace(/\.$/, '')
}

const reasons: Readonly<Record<string, string>> = {
  D1011: 'it calls itself too often',
  D1012: `it takes longer than ${limits.timeout / 1000} s`,
  D2014: `it makes a list of more than ${limits.sequence} items`,
  D2015: `it makes a list of more than ${limits.sequence} items`,
  D3137: 'it calls $error',
  D3141: 'it calls $assert, which does not hold',
}

/** Lists of the library carry marks of its own. */
function plain(value: unknown): unknown {
  return Array.isArray(value) ? Array.from(value as readonly unknown[]) : value
}
