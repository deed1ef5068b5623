import type { Range } from './source.js'
import { ExpressionError, compileExpression } from './expression.js'

/** A JSONata expression of the file. */
export interface ExpressionAt {
  /** `response_map`, `request_headers.X-Tenant`. */
  readonly name: string
  readonly text: string
  readonly range: Range
  /** How far into the range the text begins, if it stands there character for character. */
  readonly offset: number | undefined
}

/** An expression that cannot be evaluated, and where. */
export interface WrongExpression {
  readonly expression: ExpressionAt
  readonly message: string
  readonly range: Range
}

/** Those of the expressions that are none. */
export async function wrongExpressions(expressions: readonly ExpressionAt[]): Promise<WrongExpression[]> {
  const checked = await Promise.all(expressions.map(wrong))
  return checked.filter((one) => one !== undefined)
}

async function wrong(expression: ExpressionAt): Promise<WrongExpression | undefined> {
  try {
    await compileExpression(expression.text)
    return undefined
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    const { message, position } = error
    const at = position === undefined ? '' : ` at character ${position + 1}`
    return {
      expression,
      message: `"${expression.name}" is no JSONata expression: ${message}${at}`,
      range: rangeAt(expression, position),
    }
  }
}

/** From where it is wrong to its end. */
function rangeAt({ range, offset, text }: ExpressionAt, position: number | undefined): Range {
  if (offset === undefined || position === undefined) return range
  const begin = range.start + offset
  return { start: begin + Math.min(position, text.length - 1), end: begin + text.length }
}
