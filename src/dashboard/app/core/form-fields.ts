/** The fields of a form, from the JSON Schema of zato.yaml. */

export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'map' | 'list' | 'object'

export interface FormField {
  readonly name: string
  readonly doc: string
  readonly kind: FieldKind
  readonly isRequired: boolean
  /** As it is typed. */
  readonly fallback: string
  readonly example: string
  readonly choices: readonly string[]
}

export interface FormGroup {
  readonly title: string
  readonly fields: readonly FormField[]
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: unknown
  readonly required?: readonly string[]
}

const groups: readonly (readonly [title: string, names: RegExp])[] = [
  ['Basics', /^(name|is_active|host|url_path|service|method|data_format|description)$/],
  ['Security', /^(security|groups)$/],
  ['Timeouts and retries', /^(timeout|max_retries|retry_|circuit_breaker)/],
  ['TLS and connections', /^(tls_|validate_tls|pool_size|proxy)/],
  ['Headers and bodies', /^(headers|content_type|json|max_response_size|trace_headers)$/],
  ['Ping and samples', /^(ping_|samples)/],
]

/** Other spellings of fields that are shown already. */
const aliases = new Set(['security_name', 'tls_verify'])

export function formGroups(schema: unknown, section: string): FormGroup[] {
  const item = (schema as Schema).properties?.[section]?.items
  const required = new Set(item?.required ?? [])
  const fields = Object.entries(item?.properties ?? {})
    .filter(([name, { description = '' }]) => !aliases.has(name) && !description.endsWith('Not served yet.'))
    .map(([name, field]) => fieldOf(name, field, required.has(name)))
  const titleOf = ({ name }: FormField) => groups.find(([, names]) => names.test(name))?.[0] ?? 'More'
  return [...groups.map(([title]) => title), 'More']
    .map((title) => ({ title, fields: fields.filter((field) => titleOf(field) === title) }))
    .filter((group) => group.fields.length > 0)
}

function fieldOf(name: string, schema: Schema, isRequired: boolean): FormField {
  const choices = (schema.enum ?? schema.anyOf?.find((one) => one.enum)?.enum ?? []).map(String)
  const kind = kindOf(schema, choices)
  return {
    name,
    kind,
    isRequired,
    choices: kind === 'boolean' ? ['true', 'false'] : choices,
    doc: schema.description ?? '',
    fallback: schema.default === undefined ? '' : asTyped(schema.default, kind),
    example: schema.examples?.[0] === undefined ? '' : asTyped(schema.examples[0], kind),
  }
}

function kindOf(schema: Schema, choices: readonly string[]): FieldKind {
  if (choices.length > 0) return 'choice'
  const types = new Set([schema, ...(schema.anyOf ?? [])].flatMap(({ type }) => type ?? []))
  if (types.has('boolean')) return 'boolean'
  if (schema.anyOf && (types.has('integer') || types.has('number'))) return 'number'
  if (types.has('string')) return 'text'
  if (types.has('array')) return 'list'
  if (types.has('object')) return schema.properties ? 'object' : 'map'
  return 'text'
}

/** A value of the file as it stands in an input. */
export function asTyped(value: unknown, kind: FieldKind): string {
  if (value === undefined || value === null) return ''
  if (kind === 'map' && typeof value === 'object') {
    const entries: readonly (readonly [string, unknown])[] = Object.entries(value)
    return entries.map(([name, one]) => `${name}: ${plain(one)}`).join('\n')
  }
  if (kind === 'list' && Array.isArray(value)) return value.map(plain).join('\n')
  return plain(value)
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What was typed as a value of the file; undefined for nothing. A problem in words if it is neither. */
export function asValue(text: string, kind: FieldKind): { readonly value?: unknown; readonly problem?: string } {
  const trimmed = text.trim()
  if (trimmed === '') return {}
  if (trimmed.includes('${') && (kind === 'number' || kind === 'boolean' || kind === 'choice'))
    return { value: trimmed }
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(trimmed) ? { value: Number(trimmed) } : { value: trimmed }
  if (kind === 'boolean') return { value: trimmed === 'true' }
  if (kind === 'list') return { value: lines(trimmed) }
  if (kind === 'map') return mapOf(lines(trimmed))
  if (kind === 'object') return objectOf(trimmed)
  return { value: trimmed }
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function mapOf(rows: readonly string[]): { readonly value?: unknown; readonly problem?: string } {
  const wrong = rows.find((row) => !/^[^:]+:/.test(row))
  if (wrong !== undefined) return { problem: `Write "name: value", one a line, not "${wrong}"` }
  return {
    value: Object.fromEntries(
      rows.map((row) => [row.slice(0, row.indexOf(':')).trim(), row.slice(row.indexOf(':') + 1).trim()]),
    ),
  }
}

function objectOf(text: string): { readonly value?: unknown; readonly problem?: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { problem: 'Write it as JSON' }
  }
}
