/**
 * The words in which schema.ts defines the sections of zato.yaml. A field is data: the validator, the TypeScript types,
 * the JSON Schema and the documentation are all made from it.
 */

export type FieldKind =
  | 'string'
  | 'secret'
  | 'host'
  | 'url'
  | 'proxy'
  | 'path'
  | 'file'
  | 'number'
  | 'boolean'
  | 'enum'
  | 'size'
  | 'stringMap'
  | 'secretMap'
  | 'stringList'
  | 'words'
  | 'pairs'
  | 'rows'
  | 'expression'
  | 'reference'
  | 'mapping'
  | 'any'

/**
 * What zato-ts makes of a field: `served`; `ignored`, a warning, because leaving it out changes nothing that was asked
 * for; `refused`, an error on the item, because it would.
 */
export type Support = 'served' | 'ignored' | 'refused'

export interface Field<T = unknown> {
  readonly kind: FieldKind
  /** One sentence or two, for docs and editors; names the unit. */
  readonly doc: string
  readonly support: Support
  readonly required?: boolean
  readonly default?: T
  /** Other spellings that Zato knows. */
  readonly aliases?: readonly string[]
  /** `enum` only: what may be written. */
  readonly values?: readonly string[]
  /** `enum` only: values of Zato that are not served yet; writing one is an error on the item. */
  readonly refusedValues?: readonly string[]
  /** `number` and `size`: bounds, inclusive. */
  readonly min?: number
  readonly max?: number
  /** `number` only. */
  readonly integer?: boolean
  /** `reference` only: the section whose item is named, or `service`. */
  readonly to?: 'security' | 'groups' | 'service'
  /** `mapping` only: the fields of the mapping. */
  readonly fields?: Fields
  /** `expression` only: the field that says `jsonata` if this one is an expression; it always is, if left out. */
  readonly modeField?: string
  /** `expression` only: what it is if `modeField` says nothing; a text by default. */
  readonly modeDefault?: 'jsonata'
  /** `secret` only: whether the file may say `""`; what comes from the environment may never be empty. */
  readonly mayBeEmpty?: boolean
  /** `refused` only: a value that asks for nothing (`max_retries: 0`) is accepted; this tells. */
  readonly asksNothing?: (value: unknown) => boolean
  /** A value to show in zato.yaml.example and in the documentation. */
  readonly example?: unknown
}

/** One part of a declared call: text, or an expression that makes it. */
export interface Row {
  readonly key: string
  readonly value: string
  readonly mode: 'text' | 'jsonata'
}

/** A field that is always present in a definition: required, or with a default. */
export interface PresentField<T> extends Field<T> {
  readonly present: true
}

/** A field that zato-ts knows from Zato and does not serve. It is in no definition. */
export interface UnservedField extends Field<never> {
  readonly support: 'ignored' | 'refused'
  readonly unserved: true
}

export type Fields = Readonly<Record<string, Field>>

type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S

type ValueOf<F> = F extends PresentField<infer T> ? T : F extends Field<infer T> ? T | undefined : never

/** The TypeScript type of an item: snake_case of the file has become camelCase, and nothing with a default is optional. */
export type DefinitionOf<F extends Fields> = {
  readonly [K in keyof F & string as F[K] extends UnservedField ? never : Camel<K>]: ValueOf<F[K]>
}

/** `url_path` → `urlPath`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

type Extra<T> = Omit<Partial<Field<T>>, 'kind' | 'doc' | 'support' | 'required' | 'default'>

function served<T>(kind: FieldKind) {
  return {
    required: (doc: string, extra: Extra<T> = {}): PresentField<T> => ({
      kind,
      doc,
      support: 'served',
      required: true,
      present: true,
      ...extra,
    }),
    optional: (doc: string, extra: Extra<T> = {}): Field<T> => ({ kind, doc, support: 'served', ...extra }),
    defaulted: (value: T, doc: string, extra: Extra<T> = {}): PresentField<T> => ({
      kind,
      doc,
      support: 'served',
      default: value,
      present: true,
      ...extra,
    }),
  }
}

export const string = served<string>('string')
export const secret = served<string>('secret')
export const host = served<string>('host')
/** A whole address, with its path. */
export const url = served<string>('url')
/** The address of a proxy; user name and password may stand in it. */
export const proxy = served<string>('proxy')
export const path = served<string>('path')
/** A path of a file, relative to the project's folder; resolved to an absolute one. */
export const file = served<string>('file')
export const number = served<number>('number')
export const boolean = served<boolean>('boolean')
/** Bytes: a number, or text such as `64 MB` (1 MB = 1,048,576 bytes). */
export const size = served<number>('size')
export const stringMap = served<Readonly<Record<string, string>>>('stringMap')
export const stringList = served<readonly string[]>('stringList')
/** A text or a list, of words: they are joined by single blanks. */
export const words = served<string>('words')
/** A list of `key=value`, or a mapping. */
export const pairs = served<Readonly<Record<string, string>>>('pairs')
/** A list of `{ key, value, mode }`, or a mapping of text. */
export const rows = served<readonly Row[]>('rows')
/** A JSONata expression, or a text that may be one. */
export const expression = served<string>('expression')
export const reference = served<string>('reference')

/** A mapping with fields of its own. */
export function mapping<const F extends Fields>(fields: F) {
  const field = served<DefinitionOf<F>>('mapping')
  return { optional: (doc: string, extra: Extra<DefinitionOf<F>> = {}) => field.optional(doc, { fields, ...extra }) }
}

/** One of a few words. */
export function oneOf<const V extends string>(values: readonly V[]) {
  const field = served<V>('enum')
  return {
    required: (doc: string, extra: Extra<V> = {}) => field.required(doc, { values, ...extra }),
    optional: (doc: string, extra: Extra<V> = {}) => field.optional(doc, { values, ...extra }),
    defaulted: (value: V, doc: string, extra: Extra<V> = {}) => field.defaulted(value, doc, { values, ...extra }),
  }
}

/** A field of Zato's whose absence changes nothing that was asked for: a warning. */
export function ignored(doc: string): UnservedField {
  return { kind: 'any', doc, support: 'ignored', unserved: true }
}

/** A field whose absence would change what was asked for: an error on the item, unless the value asks for nothing. */
export function refused(doc: string, asksNothing: (value: unknown) => boolean = isNothing): UnservedField {
  return { kind: 'any', doc, support: 'refused', unserved: true, asksNothing }
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true
  return Array.isArray(value) && value.length === 0
}
