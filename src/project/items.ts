import { type Node, isMap, isScalar, isSeq } from 'yaml'
import type { Fields } from './fields.js'
import { type Entry, isEmptyNode, rangeOf } from './nodes.js'
import { Reading, firstKey, textOf } from './reading.js'
import type { Refusable } from './schema.js'
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
  const values = fields ? reading.fields(entries, { fields, node }) : unservedValues(entries)
  const { name } = values
  if (typeof name !== 'string' || name === '') {
    if (!fields) context.report({ code: 'ZC103', message: `The ${noun} needs "name"`, range: firstKey(node) })
    return undefined
  }
  return {
    section,
    name,
    values,
    range: rangeOf(node),
    fields: reading.ranges,
    ...(reading.refusal && { refusal: reading.refusal }),
  }
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
function unservedValues(entries: readonly Entry[]): Record<string, unknown> {
  const active = entries.find(({ key }) => key === 'is_active')?.value
  const isActive = !(isScalar(active) && active.value === false)
  return { name: textOf(entries, 'name'), type: 'unserved', isActive }
}
