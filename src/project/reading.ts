import { type YAMLMap, isMap, isScalar } from 'yaml'
import { didYouMean } from '../nearest.js'
import { type Field, type Fields, camelCase } from './fields.js'
import { type Entry, isEmptyNode, plainOf, rangeOf } from './nodes.js'
import { type MissingReference, missingText } from './references.js'
import type { Refusable } from './schema.js'
import type { Range } from './source.js'
import { spellingsOf } from './spellings.js'
import type { ValueContext } from './value-context.js'
import { readExpression } from './texts.js'
import { readValue } from './values.js'

/** The values of one mapping by the fields that it may have, and why it refuses to work, if it does. */
export class Reading {
  /** Where each field stands, by its name in the schema. */
  readonly ranges = new Map<string, Range>()
  /** Fields that need a variable that is missing, by their camelCase names: nothing more can be said of their values. */
  readonly unresolved = new Set<string>()
  refusal: Refusable['refusal']
  /** The words that stood for fields, by the names of those. */
  readonly #words = new Map<string, string>()
  #missing = 0
  readonly #context: ValueContext
  /** What the mapping is called in messages: `channel "Orders"`. */
  readonly #label: string

  constructor(context: ValueContext, label: string) {
    this.#context = {
      ...context,
      report: (finding) => {
        if (finding.scope === 'item') this.#refuse('unserved', finding.message, finding.hint)
        context.report(finding)
      },
      missing: (reference: MissingReference, range) => {
        this.#missing += 1
        this.#refuse('missing-variable', missingText(reference))
        context.missing(reference, range)
      },
    }
    this.#label = label
  }

  /** Reads every entry, and gives the fields by their camelCase names, defaults included. */
  fields(
    entries: readonly Entry[],
    { fields, node }: { fields: Fields; node?: YAMLMap | undefined },
  ): Record<string, unknown> {
    const { defaults, names, required } = spellingsOf(fields)
    const values = { ...defaults }
    for (const entry of entries) {
      const name = names.get(entry.key)
      const field = name === undefined ? undefined : fields[name]
      if (name === undefined || !field) this.#unknown(entry, fields)
      else if (this.ranges.has(name)) this.#twice(entry, name)
      else {
        this.ranges.set(name, entry.range)
        this.#words.set(name, entry.key)
        if ('unserved' in field) this.#unserved(name, { field, entry })
        else if (!isEmptyNode(entry.value)) values[camelCase(name)] = this.#value(name, { field, entry, entries })
        else if (field.required) this.#missingField(name, entry.range)
        else if (field.to !== undefined) this.#namesNothing(entry)
      }
    }
    for (const name of required) {
      if (!this.ranges.has(name)) this.#missingField(name, node ? firstKey(node) : wholeFile)
    }
    return values
  }

  /** Reports something that Zato has and zato-ts does not: the item refuses to work. */
  unserved(what: string, range: Range, advice?: string): void {
    const message = `${what} is not served yet`
    const hint = `the ${this.#label} refuses to work with it${advice === undefined ? '' : `: ${advice}`}`
    this.#refuse('unserved', message, advice)
    this.#context.report({ code: 'ZC301', message, hint, scope: 'item', range })
  }

  #value(name: string, { field, entry, entries }: FieldEntry): unknown {
    const missing = this.#missing
    const value = this.#read(name, { field, entry, entries })
    if (this.#missing > missing) this.unresolved.add(camelCase(name))
    return value
  }

  #read(name: string, { field, entry, entries }: FieldEntry): unknown {
    if (field.fields) return this.#mapping(name, { fields: field.fields, entry })
    const named = { name, node: entry.value, range: entry.range }
    const { modeField, modeDefault } = field
    const isExpression = modeField === undefined || (textOf(entries, modeField) ?? modeDefault) === 'jsonata'
    return field.kind === 'expression' && isExpression
      ? readExpression(named, this.#context)
      : readValue({ ...named, field }, this.#context)
  }

  #mapping(name: string, { fields, entry: { value: node, range } }: { fields: Fields; entry: Entry }): unknown {
    if (isMap(node)) {
      const reading = new Reading(this.#context, `"${name}" of the ${this.#label}`)
      return reading.fields(this.#context.nodes.entries(node), { fields, node })
    }
    const hint = `with ${Object.keys(fields).join(' and ')}`
    this.#context.report({ code: 'ZC104', message: `"${name}" must be a mapping`, hint, range })
    return undefined
  }

  #unserved(name: string, { field, entry }: { field: Field; entry: Entry }): void {
    if (field.support === 'ignored') {
      const message = `"${name}" is not served; the ${this.#label} works without it`
      this.#context.report({ code: 'ZC302', severity: 'warning', message, range: entry.keyRange })
    } else if (!field.asksNothing?.(plainOf(this.#context.nodes, entry.value))) {
      this.unserved(`"${name}"`, entry.keyRange)
    }
  }

  #unknown({ key, keyRange }: Entry, fields: Fields): void {
    if (key.startsWith('x-')) return
    if (key === '') {
      this.#context.report({ code: 'ZC104', message: `A key of the ${this.#label} is no text`, range: keyRange })
      return
    }
    const served = Object.entries(fields).flatMap(([name, field]) => ('unserved' in field ? [] : [name]))
    const hint = didYouMean(key, spellingsOf(fields).names.keys()) ?? `known keys: ${served.join(', ')}`
    this.#context.report({
      code: 'ZC102',
      message: `Unknown key "${key}" in the ${this.#label}`,
      hint,
      range: keyRange,
    })
  }

  #twice({ key, keyRange }: Entry, name: string): void {
    const message = `"${this.#words.get(name) ?? name}" and "${key}" are two words for the same`
    this.#context.report({ code: 'ZC004', message, hint: 'keep one of the two', range: keyRange })
  }

  /** Half an edit, most likely: without the warning nobody would see that a channel is open. */
  #namesNothing({ key, keyRange }: Entry): void {
    const message = `"${key}" names nothing; the ${this.#label} works without it`
    this.#context.report({
      code: 'ZC305',
      severity: 'warning',
      message,
      hint: 'remove the key, if that is meant',
      range: keyRange,
    })
  }

  #missingField(name: string, range: Range): void {
    this.#context.report({ code: 'ZC103', message: `The ${this.#label} needs "${name}"`, range })
  }

  #refuse(code: 'missing-variable' | 'unserved', reason: string, advice?: string): void {
    this.refusal ??= { code, reason, ...(advice !== undefined && { advice }) }
  }
}

interface FieldEntry {
  readonly field: Field
  readonly entry: Entry
  /** All of the mapping. */
  readonly entries: readonly Entry[]
}

const wholeFile: Range = { start: 0, end: 1 }

/** The first key of a mapping: where something that is not in it is reported. */
export function firstKey(node: YAMLMap): Range {
  const [first] = node.items
  return first ? rangeOf(first.key) : rangeOf(node)
}

/** The text of a key, if it is one. */
export function textOf(entries: readonly Entry[], name: string): string | undefined {
  const value = entries.find(({ key }) => key === name)?.value
  return isScalar(value) && typeof value.value === 'string' ? value.value : undefined
}
