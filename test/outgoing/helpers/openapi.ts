import fc from 'fast-check'

/** Reads of an OpenAPI description what has to be sent to each of its operations: the least that it asks for. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly example?: Json
  readonly examples?: readonly Json[]
  readonly default?: Json
  readonly const?: Json
  readonly enum?: readonly Json[]
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly minimum?: number
  readonly minLength?: number
  readonly pattern?: string
}

interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly example?: Json
  readonly schema?: Schema
}

interface Media {
  readonly schema?: Schema
  readonly example?: Json
}

interface Described {
  readonly $ref?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly $ref?: string; readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, unknown>>
  readonly security?: readonly Readonly<Record<string, unknown>>[]
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>> & { readonly parameters?: unknown }>>
  readonly security?: Described['security']
}

/** What has to be sent. */
export interface Operation {
  readonly method: string
  /** With its placeholders. */
  readonly path: string
  readonly params: Readonly<Record<string, Json>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly type: string; readonly value: Json } | undefined
  /** Name of the scheme of its credentials. */
  readonly security: string | undefined
  /** The statuses that a good request may be answered with. */
  readonly statuses: readonly number[]
}

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options']

export function operationsOf(description: Description): Operation[] {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const described = item[method]
      const shared = (item.parameters ?? []) as readonly Parameter[]
      return described ? [operationOf(description, { method, path, described, shared })] : []
    }),
  )
}

interface Where {
  readonly method: string
  readonly path: string
  readonly described: Described
  /** Parameters of all operations of the path. */
  readonly shared: readonly Parameter[]
}

function operationOf(description: Description, { method, path, described, shared }: Where): Operation {
  const parameters = [...shared, ...(described.parameters ?? [])].map((one) => resolve<Parameter>(description, one))
  // A header that is there anyway, such as Accept, must be one of those that are foreseen.
  const isNeeded = (one: Parameter) => one.required === true || one.in === 'header'
  const needed = (...places: readonly string[]) =>
    parameters
      .filter((one) => isNeeded(one) && places.includes(one.in))
      .map(({ name, example, schema = {} }): [string, Json] => [name, example ?? sampleOf(schema, description)])
  const body =
    described.requestBody && resolve<NonNullable<Described['requestBody']>>(description, described.requestBody)
  const [type, media] = Object.entries(body?.content ?? {})[0] ?? []
  const [security] = described.security ?? description.security ?? []
  return {
    method: method.toUpperCase(),
    path,
    params: Object.fromEntries(needed('path', 'query')),
    headers: Object.fromEntries(needed('header').map(([name, value]) => [name, value as string])),
    body: type && media ? { type, value: media.example ?? sampleOf(media.schema ?? {}, description) } : undefined,
    security: Object.keys(security ?? {})[0],
    statuses: statusesOf(described),
  }
}

/** Some descriptions only tell of failures; the default of a mock is 200. */
function statusesOf({ responses }: Described): number[] {
  const all = Object.keys(responses).map((status) => (status === 'default' ? 200 : Number(status)))
  const good = all.filter((status) => status < 300)
  return good.length > 0 ? good : all
}

function resolve<T extends { readonly $ref?: string }>(description: Description, one: T): T {
  if (one.$ref === undefined) return one
  let found: unknown = description
  for (const key of one.$ref.slice('#/'.length).split('/')) {
    found = (found as Readonly<Record<string, unknown>>)[key.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return resolve(description, found as T)
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-29T10:00:00Z',
  date: '2026-11-29',
  email: 'shop@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '8f8f3a3e-6f0a-4b0c-9d5e-0d6b1c2a3f4e',
}

/** The least that fits a schema. */
function sampleOf(given: Schema, description: Description): Json {
  const schema = resolve<Schema>(description, given)
  const { allOf, oneOf, anyOf } = schema
  const told = schema.example ?? schema.examples?.[0] ?? schema.const ?? schema.default ?? schema.enum?.[0]
  if (told !== undefined) return told
  if (allOf) {
    const parts = allOf.map((part) => sampleOf(part, description))
    const areObjects = parts.every((part) => typeof part === 'object' && part !== null)
    return areObjects ? (Object.assign({}, ...parts) as Json) : (parts.at(-1) ?? null)
  }
  const [either] = oneOf ?? anyOf ?? []
  if (either) return sampleOf(either, description)
  return sampleOfType(schema, description)
}

function sampleOfType(schema: Schema, description: Description): Json {
  const { properties = {}, required = [], items = {}, minItems = 1, minimum = 1, minLength = 1, pattern } = schema
  const type = [schema.type].flat()[0] ?? (schema.properties ? 'object' : 'string')
  switch (type) {
    case 'object':
      return Object.fromEntries(required.map((key) => [key, sampleOf(properties[key] ?? {}, description)]))
    case 'array':
      return Array.from({ length: minItems }, () => sampleOf(items, description))
    case 'integer':
    case 'number':
      return minimum
    case 'boolean':
      return true
    default:
      return pattern === undefined ? (formats[schema.format ?? ''] ?? 'x'.repeat(minLength)) : textOf(pattern)
  }
}

/** The same one each time. */
function textOf(pattern: string): string {
  return fc.sample(fc.stringMatching(new RegExp(`^(?:${pattern})$`)), { numRuns: 1, seed: 1 })[0] ?? ''
}
