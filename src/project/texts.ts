import { type Node, Scalar, isScalar } from 'yaml'
import type { Range } from './source.js'
import type { ValueContext } from './value-context.js'

interface ExpressionNode {
  readonly name: string
  readonly node: Node | null
  readonly range: Range
}

/** A JSONata expression, as it stands in the file: in it `$$` and `${` have a meaning of their own. */
export function readExpression({ name, node, range }: ExpressionNode, context: ValueContext): string | undefined {
  if (!isScalar(node)) {
    context.report({ code: 'ZC104', message: `"${name}" must be text`, hint: 'put the value in quotes', range })
    return undefined
  }
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '')
  if (text.trim() === '') return ''
  context.expression({ name, text, range, offset: offsetOf(node, { text, range }) })
  return text
}

/** How far into its range the text of a node begins; undefined if it is written otherwise than it reads. */
function offsetOf({ type }: Scalar, { text, range }: { text: string; range: Range }): number | undefined {
  const quotes = type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE ? 1 : 0
  return range.end - range.start === text.length + 2 * quotes ? quotes : undefined
}
