import { type Fields, camelCase } from './fields.js'

/** What reading asks of a definition again and again. */
export interface Spellings {
  /** Every field that a definition has, by its camelCase name, with its default or undefined. */
  readonly defaults: Readonly<Record<string, unknown>>
  /** The names of fields by every spelling. */
  readonly names: ReadonlyMap<string, string>
  readonly required: readonly string[]
}

/** The same few definitions are read for each of thousands of items. */
const spellings = new WeakMap<Fields, Spellings>()

export function spellingsOf(fields: Fields): Spellings {
  const known = spellings.get(fields)
  if (known) return known
  const all = Object.entries(fields)
  const made: Spellings = {
    defaults: Object.fromEntries(
      all.flatMap(([name, field]) => ('unserved' in field ? [] : [[camelCase(name), field.default]])),
    ),
    names: new Map(all.flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((key) => [key, name] as const))),
    required: all.flatMap(([name, { required }]) => (required ? [name] : [])),
  }
  spellings.set(fields, made)
  return made
}
