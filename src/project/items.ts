import { type Node, type YAMLMap, isMap, isScalar, isSeq } from 'yaml'
import { didYouMean } from '../nearest.js'
import { type Field, type Fields, camelCase } from './fields.js'
import { type Entry, plainOf, rangeOf } from './nodes.js'
import type { MissingReference } from './references.js'
import { unservedSecurityFields, unservedSecurityTypes } from './schema.js'
import { type SectionName, itemFields, itemNouns, securityFields } from './sections.js'
import type { Range } from './source.js'
import { type ValueContext, readValue } from './values.js'

/** Reading one item of a section, or one section that is a mapping of settings. */

export interface ReadItem {
  readonly section: SectionName
  readonly name: string
  /** Fields by their camelCase names, `type` of an unserved security definition replaced. */
  readonly values: Readonly<Record<string, unknown>>
  /** Where the item begins, and where each of its fields stands, by its name in the file. */
  readonly range: Range
  readonly fields: ReadonlyMap<string, Range>
  /** Why it refuses to work. */
  readonly refusal?: { readonly code: 'missing-variable' | 'unserved'; readonly reason: string } | undefined
}

export interface MissingInItem extends MissingReference {
  readonly field: string
  readonly range: Range
}

/** Reads an item; undefined if it is no mapping or has no name. */
export function readItem(section: SectionName, node: Node | null, context: ValueContext): ReadItem | undefined {
  const noun = itemNouns[section]
  if (!isMap(node)) {
    context.report({
      code: 'ZC104',
      message: `Each ${noun} must be a mapping`,
      hint: 'write "- name: …"',
      range: rangeOf(node),
    })
    return undefined
  }
  const entries = context.nodes.entries(node)
  const label = `${noun}${nameOf(entries)}`
  const reading = new Reading({ ...context, label })
  const table = section === 'security' ? securityTable(entries, { node, label, reading }) : itemFields[section]
  const values = table ? reading.fields(entries, { fields: table, node }) : unservedValues(entries)
  const { name } = values
  if (typeof name !== 'string' || name === '') {
    if (!table) context.report({ code: 'ZC103', message: `The ${noun} has no name`, range: firstLine(node) })
    return undefined
  }
  return { section, name, values, range: rangeOf(node), fields: reading.ranges, refusal: reading.refusal }
}

/** Reads `server` or `dev`. */
export function readSettings(
  section: string,
  node: Node | null,
  { fields, context }: { fields: Fields; context: ValueContext },
) {
  const reading = new Reading({ ...context, label: `section "${section}"` })
  if (node !== null && !isMap(node) && !(isScalar(node) && node.value === null)) {
    context.report({ code: 'ZC104', message: `The section "${section}" must be a mapping`, range: rangeOf(node) })
  }
  const entries = isMap(node) ? context.nodes.entries(node) : []
  return reading.fields(entries, { fields, node: isMap(node) ? node : undefined })
}

/** Collects what reading one item yields beside its values. */
class Reading {
  readonly ranges = new Map<string, Range>()
  refusal: ReadItem['refusal']
  readonly #context: ValueContext
  readonly #label: string

  constructor({ label, ...context }: ValueContext & { label: string }) {
    this.#label = label
    this.#context = context
  }

  fields(
    entries: readonly Entry[],
    { fields, node }: { fields: Fields; node: YAMLMap | undefined },
  ): Record<string, unknown> {
    const byKey = namesOf(fields)
    const values: Record<string, unknown> = {}
    for (const [name, field] of Object.entries(fields))
      if (!('unserved' in field)) values[camelCase(name)] = field.default
    const given = new Set<string>()
    for (const entry of entries) {
      const name = byKey.get(entry.key)
      if (name === undefined) this.#unknown(entry, fields)
      else if (given.has(name)) this.#twice(entry, name)
      else {
        given.add(name)
        this.#field(name, { entry, fields, values })
      }
    }
    for (const [name, field] of Object.entries(fields)) {
      if (field.required && !given.has(name)) this.#required(name, node)
    }
    return values
  }

  refuse(code: 'missing-variable' | 'unserved', reason: string): void {
    this.refusal ??= { code, reason }
  }

  unserved(what: string, range: Range): void {
    const message = `${what} is not served yet`
    this.#context.report({
      code: 'ZC301',
      message,
      hint: `the ${this.#label} refuses to work with it`,
      scope: 'item',
      range,
    })
    this.refuse('unserved', message)
  }

  #field(
    name: string,
    { entry, fields, values }: { entry: Entry; fields: Fields; values: Record<string, unknown> },
  ): void {
    const field = fields[name]
    if (!field) return
    this.ranges.set(name, entry.range)
    if ('unserved' in field) return this.#unservedField(name, { field, entry })
    if (entry.value === null || (isScalar(entry.value) && entry.value.value === null)) {
      if (field.required) this.#required(name, undefined, entry.range)
      return
    }
    const context: ValueContext = {
      ...this.#context,
      report: (finding) => {
        if (finding.scope === 'item') this.refuse('unserved', finding.message)
        this.#context.report(finding)
      },
      missing: (reference, range) => {
        this.refuse('missing-variable', missingText(reference))
        this.#context.missing({ ...reference }, range)
      },
    }
    values[camelCase(name)] = readValue({ name, field, node: entry.value, range: entry.range }, context)
  }

  #unservedField(name: string, { field, entry }: { field: Field; entry: Entry }): void {
    const value = plainOf(this.#context.nodes, entry.value)
    if (field.support === 'ignored') {
      const message = `"${name}" is not served; the ${this.#label} works without it`
      this.#context.report({ code: 'ZC302', severity: 'warning', message, range: entry.keyRange })
    } else if (!field.asksNothing?.(value)) {
      this.unserved(`"${name}"`, entry.keyRange)
    }
  }

  #unknown({ key, keyRange }: Entry, fields: Fields): void {
    if (key.startsWith('x-')) return
    const known = Object.entries(fields).flatMap(([name, field]) => [name, ...(field.aliases ?? [])])
    const served = Object.entries(fields).flatMap(([name, field]) => ('unserved' in field ? [] : [name]))
    const hint = didYouMean(key, known) ?? `known keys: ${served.join(', ')}`
    this.#context.report({
      code: 'ZC102',
      message: `Unknown key "${key}" in the ${this.#label}`,
      hint,
      range: keyRange,
    })
  }

  #twice({ key, keyRange }: Entry, name: string): void {
    this.#context.report({
      code: 'ZC004',
      message: `"${key}" is another word for "${name}", which is given too`,
      hint: 'keep one of the two',
      range: keyRange,
    })
  }

  #required(
    name: string,
    node: YAMLMap | undefined,
    range: Range = node ? firstLine(node) : { start: 0, end: 1 },
  ): void {
    this.#context.report({ code: 'ZC103', message: `The ${this.#label} needs "${name}"`, range })
  }
}

function namesOf(fields: Fields): Map<string, string> {
  return new Map(
    Object.entries(fields).flatMap(([name, field]) =>
      [name, ...(field.aliases ?? [])].map((key) => [key, name] as const),
    ),
  )
}

export function missingText({ name, message }: MissingReference): string {
  return `The environment variable "${name}" is missing${message === undefined ? '' : `: ${message}`}`
}

/** The fields of a security definition by its type; undefined if the type is known and not served. */
function securityTable(
  entries: readonly Entry[],
  {
    node,
    label,
    reading,
  }: { node: YAMLMap; label: string; reading: Reading & { readonly ranges: Map<string, Range> } },
): Fields | undefined {
  const entry = entries.find(({ key }) => key === 'type')
  const type = entry && isScalar(entry.value) ? String(entry.value.value) : undefined
  if (entry && type !== undefined && (unservedSecurityTypes as readonly string[]).includes(type)) {
    reading.unserved(`The security type "${type}"`, entry.range)
    return undefined
  }
  const dynamic = type === 'bearer_token' && entries.find(({ key }) => isDynamicBearerKey(key))
  if (dynamic && !entries.some(({ key }) => key === 'static_token')) {
    reading.unserved('A bearer token that is fetched or verified', dynamic.keyRange)
    return undefined
  }
  return securityFields[type ?? ''] ?? unknownType({ entry, type, node, label })
}

/** Enough of a table to report the missing or wrong `type`, and nothing else. */
function unknownType({
  type,
}: {
  entry: Entry | undefined
  type: string | undefined
  node: YAMLMap
  label: string
}): Fields {
  const values = [...Object.keys(securityFields), ...unservedSecurityTypes]
  const all = Object.assign({}, ...Object.values(securityFields)) as Fields
  const optional = Object.fromEntries(
    Object.entries(all).map(([name, field]) => [name, { ...field, required: name === 'name' }]),
  )
  const others = Object.fromEntries(
    unservedSecurityFields.map((name) => [name, { kind: 'any', doc: '', support: 'served' } as const]),
  )
  return {
    ...others,
    ...optional,
    type: { kind: 'enum', doc: '', support: 'served', required: true, values, ...(type === undefined && {}) },
  }
}

function isDynamicBearerKey(key: string): boolean {
  return key !== 'data_format' && key !== 'username' && key !== 'password'
    ? (unservedSecurityFields as readonly string[]).includes(key)
    : key !== 'data_format'
}

function unservedValues(entries: readonly Entry[]): Record<string, unknown> {
  const name = entries.find(({ key }) => key === 'name')
  const active = entries.find(({ key }) => key === 'is_active')
  return {
    name: name && isScalar(name.value) ? String(name.value.value) : undefined,
    type: 'unserved',
    isActive: !(active && isScalar(active.value) && active.value.value === false),
  }
}

function nameOf(entries: readonly Entry[]): string {
  const name = entries.find(({ key }) => key === 'name')?.value
  return isScalar(name) && typeof name.value === 'string' ? ` "${name.value}"` : ''
}

/** The first key of an item: where something that is not there is reported. */
function firstLine(node: YAMLMap): Range {
  const [first] = node.items
  return first ? rangeOf(first.key) : rangeOf(node)
}

/** Items of a section that is a list. */
export function itemsOf(section: string, node: Node | null, context: ValueContext): (Node | null)[] {
  if (node === null || (isScalar(node) && node.value === null)) return []
  if (isSeq(node)) return node.items.map((item) => context.nodes.resolve(item))
  context.report({
    code: 'ZC104',
    message: `The section "${section}" must be a list`,
    hint: 'write "- name: …" below it',
    range: rangeOf(node),
  })
  return []
}
