import type { Field, Fields } from './fields.js'
import { bearerTokenFields, ignoredSections, oauthFields, unservedSecurityTypes } from './schema.js'
import { itemFields, securityFields, settingsFields } from './sections.js'

type Schema = Readonly<Record<string, unknown>>

const reference: Schema = { type: 'string', pattern: '\\$\\{[^}]*\\}|^Zato_Enmasse_Env\\.' }
const extensions: Schema = { '^x-': {} }

const rowSchema: Schema = {
  type: 'object',
  properties: {
    key: { description: 'Name.', type: 'string' },
    value: { description: 'Text, or with `mode: jsonata` an expression.', type: ['string', 'number'] },
    mode: { description: 'How `value` is read.', enum: ['text', 'jsonata'], default: 'text' },
  },
  required: ['key'],
  patternProperties: extensions,
  additionalProperties: false,
}

/** The JSON Schema (draft 07, which editors read) of zato.yaml, made from the one definition in schema.ts. */
export function projectJsonSchema(): Schema {
  const lists = Object.entries(itemFields).map(([section, fields]) => [section, listOf(objectOf(fields))] as const)
  const settings = Object.entries(settingsFields).map(
    ([section, fields]) => [section, nullable(objectOf(fields))] as const,
  )
  const ignored = ignoredSections.map((section) => [section, { description: 'Not served by zato-ts.' }] as const)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'zato.yaml',
    description: 'A project of zato-ts: what it calls, what it serves, and with whose credentials.',
    type: 'object',
    properties: {
      include: { description: 'Further files, relative to this one.', type: 'array', items: { type: 'string' } },
      security: listOf(securitySchema()),
      ...Object.fromEntries([...lists, ...settings, ...ignored]),
    },
    patternProperties: extensions,
    additionalProperties: false,
  }
}

function listOf(items: Schema): Schema {
  return { type: ['array', 'null'], items }
}

function nullable(schema: Schema): Schema {
  return { ...schema, type: ['object', 'null'] }
}

function objectOf(fields: Fields, more: Schema = {}): Schema {
  const properties = Object.entries(fields).flatMap(([name, field]) => {
    const schema = fieldSchema(field)
    return [[name, schema] as const, ...(field.aliases ?? []).map((alias) => [alias, schema] as const)]
  })
  return {
    type: 'object',
    properties: { ...more, ...Object.fromEntries(properties) },
    ...requiredOf(fields),
    patternProperties: extensions,
    additionalProperties: false,
  }
}

/** A field that has several spellings is there in any of them. */
function requiredOf(fields: Fields): Schema {
  const required = Object.entries(fields).filter(([, field]) => field.required)
  const spelt = required.filter(([, { aliases }]) => aliases)
  return {
    required: required.filter(([, { aliases }]) => !aliases).map(([name]) => name),
    ...(spelt.length > 0 && { allOf: spelt.map(([name, { aliases = [] }]) => hasOneOf(name, ...aliases)) }),
  }
}

function hasOneOf(...names: readonly string[]): Schema {
  return { anyOf: names.map((name) => ({ required: [name] })) }
}

function securitySchema(): Schema {
  const served = Object.entries(securityFields).map(([type, fields]) => ({
    if: { properties: { type: { const: type } }, required: ['type'] },
    then: type === 'bearer_token' ? bearerSchema() : objectOf(fields),
  }))
  return {
    type: 'object',
    properties: { type: { enum: [...Object.keys(securityFields), ...unservedSecurityTypes] } },
    required: ['name', 'type'],
    allOf: served,
  }
}

/** Given, fetched, or presented by callers and verified, which is not served yet. */
function bearerSchema(): Schema {
  return {
    if: hasOneOf('auth_server_url', 'auth_endpoint'),
    then: objectOf(oauthFields),
    else: { if: hasOneOf('issuer', 'jwks_url', 'audience', 'claims'), else: objectOf(bearerTokenFields) },
  }
}

function fieldSchema(field: Field): Schema {
  const { doc, support, default: value, example } = field
  return {
    description: support === 'served' ? doc : `${doc} Not served yet.`,
    ...(value !== undefined && { default: value }),
    ...(example !== undefined && { examples: [example] }),
    ...typeSchema(field),
  }
}

function typeSchema({ kind, fields, values, refusedValues = [], min, max, integer }: Field): Schema {
  const bounds = { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) }
  const orReference = (schema: Schema) => ({ anyOf: [schema, reference, { type: 'null' }] })
  switch (kind) {
    case 'number':
      return orReference({ type: integer ? 'integer' : 'number', ...bounds })
    case 'boolean':
      return orReference({ type: 'boolean' })
    case 'size':
      return orReference({
        anyOf: [
          { type: 'integer', ...bounds },
          { type: 'string', pattern: '^\\s*[0-9.]+\\s*([kKmMgG]?[bB])?\\s*$' },
        ],
      })
    case 'enum':
      return orReference({ enum: [...(values ?? []), ...refusedValues] })
    case 'stringMap':
    case 'secretMap':
      return { type: ['object', 'null'], additionalProperties: { type: ['string', 'number'] } }
    case 'stringList':
      return { type: ['array', 'null'], items: { type: 'string' } }
    case 'words':
      return { type: ['string', 'array', 'null'], items: { type: 'string' } }
    case 'pairs':
      return {
        type: ['array', 'object', 'null'],
        items: { type: 'string' },
        additionalProperties: { type: ['string', 'number'] },
      }
    case 'rows':
      return {
        type: ['array', 'object', 'null'],
        items: rowSchema,
        additionalProperties: { type: ['string', 'number'] },
      }
    case 'mapping':
      return nullable(objectOf(fields ?? {}))
    case 'any':
      return {}
    default:
      return { type: ['string', 'number', 'null'] }
  }
}
