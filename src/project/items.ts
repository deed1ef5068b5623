import { type Node, type YAMLMap, isMap, isSeq } from 'yaml'
import type { Fields } from './fields.js'
import { type Entry, isEmptyNode, rangeOf } from './nodes.js'
import { Reading, firstKey, textOf } from './reading.js'
import { type Refusable, basicAuthFields } from './schema.js'
import { type SectionName, itemFields, itemNouns } from './sections.js'
import { securityFieldsOf } from './security-type.js'
import type { Range } from './source.js'
import type { ValueContext } from './value-context.js'

/** One item of a section that is a list. */
export interface ReadItem extends Refusable {
  readonly section: SectionName
  readonly name: string
  /** Fields by their camelCase names. */
  readonly values: Readonly<Record<string, unknown>>
  /** Those of them that a missing variable leaves open, by the same names; what stands in `values` is of their type only. */
  readonly unresolved: ReadonlySet<string>
  /** Where the item stands. */
  readonly range: Range
  /** Where each of its fields stands, by its name in the schema. */
  readonly fields: ReadonlyMap<string, Range>
}

/** The items of a section, unread. */
export function itemsOf(section: SectionName, node: Node | null, { nodes, report }: ValueContext): (Node | null)[] {
  if (isEmptyNode(node)) return []
  if (isSeq(node)) return node.items.map((item) => nodes.resolve(item))
  const message = `The section "${section}" must be a list`
  report({ code: 'ZC104', message, hint: 'write "- name: …" below it', range: rangeOf(node) })
  return []
}

/** Reads an item; undefined if it is no mapping or has no name, which has been reported. */
export function readItem(section: SectionName, node: Node | null, context: ValueContext): ReadItem | undefined {
  const noun = itemNouns[section]
  if (!isMap(node)) {
    const message = `Each ${noun} must be a mapping`
    context.report({ code: 'ZC104', message, hint: 'write "- name: …"', range: rangeOf(node) })
    return undefined
  }
  const entries = context.nodes.entries(node)
  const given = textOf(entries, 'name')
  const label = given === undefined ? noun : `${noun} "${given}"`
  const reading = new Reading(context, label)
  const fields =
    section === 'security' ? securityFieldsOf({ entries, node, label }, { reading, context }) : itemFields[section]
  const values = fields ? reading.fields(entries, { fields, node }) : unservedValues(entries, { reading, node })
  const { name } = values
  if (typeof name !== 'string') return undefined
  const wrong = nameProblem(name)
  if (wrong !== undefined && !reading.unresolved.has('name')) {
    const range = reading.ranges.get('name') ?? firstKey(node)
    context.report({ code: 'ZC105', message: `The name of the ${noun} ${wrong}`, range })
  }
  if (name === '') return undefined
  return {
    section,
    name,
    values,
    unresolved: reading.unresolved,
    range: rangeOf(node),
    fields: reading.ranges,
    ...(reading.refusal && { refusal: reading.refusal }),
  }
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name !== name.trim()) return 'begins or ends with a blank'
  return /\p{Cc}/u.test(name) ? 'holds a control character' : undefined
}

/** Reads a section that is one mapping: `server`, `dev`. */
export function readSettings(
  section: string,
  node: Node | null,
  { fields, context }: { fields: Fields; context: ValueContext },
): Record<string, unknown> {
  const isMapping = isMap(node)
  if (!isMapping && !isEmptyNode(node)) {
    context.report({ code: 'ZC104', message: `The section "${section}" must be a mapping`, range: rangeOf(node) })
  }
  return new Reading(context, `section "${section}"`).fields(isMapping ? context.nodes.entries(node) : [], { fields })
}

/** A security definition of a type that is not served: it only has a name, and refuses. */
function unservedValues(
  entries: readonly Entry[],
  { reading, node }: { reading: Reading; node: YAMLMap },
): Record<string, unknown> {
  const { name, is_active } = basicAuthFields
  const fields = { name, is_active }
  const known = entries.filter(({ key }) => Object.hasOwn(fields, key))
  return { ...reading.fields(known, { fields, node }), type: 'unserved' }
}
