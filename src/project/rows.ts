import { type Node, type YAMLMap, isMap, isScalar, isSeq } from 'yaml'
import { isSensitiveName } from '../redact.js'
import type { Field, Row } from './fields.js'
import { headerProblem } from './header-rules.js'
import { rangeOf } from './nodes.js'
import type { Range } from './source.js'
import { readExpression } from './texts.js'
import type { ValueContext } from './value-context.js'

/** Reads rows of `{ key, value, mode }`, as Zato writes them, or a mapping whose values are text. */

interface RowsValue {
  readonly name: string
  readonly node: Node | null
  readonly range: Range
  /** Reads a text. */
  readonly text: (name: string, field: Field, node: Node | null, range: Range) => unknown
}

const modes = ['text', 'jsonata'] as const
const keys = new Set(['key', 'value', 'mode'])

export function readRows(value: RowsValue, context: ValueContext): readonly Row[] | undefined {
  const { name, node, range } = value
  if (isMap(node)) {
    return context.nodes
      .entries(node)
      .flatMap((entry) =>
        rowOf(value, { key: entry.key.trim(), mode: 'text', node: entry.value, range: entry.range }, context),
      )
  }
  if (!isSeq(node)) {
    const hint = 'write "- { key: name, value: text }" a line below it'
    context.report({ code: 'ZC104', message: `"${name}" must be a list of rows`, hint, range })
    return undefined
  }
  return node.items.flatMap((item) => {
    const row = context.nodes.resolve(item)
    if (isMap(row)) return readRow(value, row, context)
    const hint = 'write "- { key: name, value: text }"'
    context.report({ code: 'ZC104', message: `Each row of "${name}" must be a mapping`, hint, range: rangeOf(item) })
    return []
  })
}

/** A row without a key says nothing. */
function readRow(value: RowsValue, row: YAMLMap, context: ValueContext): Row[] {
  const entries = context.nodes.entries(row)
  for (const { key, keyRange } of entries) {
    if (keys.has(key) || key.startsWith('x-')) continue
    const message = `Unknown key "${key}" in a row of "${value.name}"`
    context.report({ code: 'ZC102', message, hint: 'known keys: key, value, mode', range: keyRange })
  }
  const [key, given, mode] = [...keys].map((wanted) => entries.find((entry) => entry.key === wanted))
  const name = key && isScalar(key.value) ? String(key.value.source ?? key.value.value).trim() : ''
  if (name === '') return []
  const chosen = mode && isScalar(mode.value) ? String(mode.value.value) : 'text'
  if (!isMode(chosen)) {
    const message = `"mode" of "${value.name}.${name}" cannot be "${chosen}"`
    context.report({ code: 'ZC105', message, hint: `one of: ${modes.join(', ')}`, range: mode?.range ?? value.range })
    return []
  }
  const range = given?.range ?? rangeOf(row)
  return rowOf(value, { key: name, mode: chosen, node: given?.value ?? null, range }, context)
}

function isMode(word: string): word is Row['mode'] {
  return (modes as readonly string[]).includes(word)
}

interface RowParts {
  readonly key: string
  readonly mode: Row['mode']
  readonly node: Node | null
  readonly range: Range
}

function rowOf(value: RowsValue, { key, mode, node, range }: RowParts, context: ValueContext): Row[] {
  if (key === '') return []
  const name = `${value.name}.${key}`
  const kind = isSensitiveName(key) ? ('secret' as const) : ('string' as const)
  const text =
    mode === 'jsonata'
      ? readExpression({ name, node, range }, context)
      : value.text(name, { kind, doc: '', support: 'served' }, node, range)
  if (typeof text !== 'string') return []
  if (value.name === 'request_headers') checkHeader({ key, text: mode === 'text' ? text : '', range }, context)
  return [{ key, value: text, mode }]
}

function checkHeader({ key, text, range }: { key: string; text: string; range: Range }, { report }: ValueContext) {
  const problem = headerProblem(key, text)
  if (!problem) return
  const message = problem.message.replace(/^./, (first) => first.toUpperCase())
  report({ code: 'ZC105', message, hint: problem.hint, scope: 'item', range })
}
