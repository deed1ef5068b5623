import type { Fields } from '../../../project/fields.js'
import { itemFields, securityFields } from '../../../project/sections.js'
import { isSensitiveName, redacted } from '../../../redact.js'
import type { EditOperation } from '../../shared/api.js'

/** Secrets do not belong in zato.yaml, which is committed: a page may only write references to them. */

export interface FieldMessage {
  readonly path: string
  readonly message: string
}

/** Fields in which operations would write a secret itself, or the stand-in of one that was hidden. */
export function literalSecrets(
  operations: readonly EditOperation[],
  typeOf: (name: string) => unknown,
): FieldMessage[] {
  return operations.flatMap((operation) => {
    if (operation.op === 'remove' || operation.op === 'duplicate') return []
    const values = operation.op === 'add' ? operation.item : operation.set
    const type = values.type ?? (operation.op === 'edit' ? typeOf(operation.name) : undefined)
    const fields = fieldsOf(operation.section, type)
    return Object.entries(values).flatMap(([name, value]) => messagesFor(name, { value, field: fields[name] }))
  })
}

function fieldsOf(section: EditOperation['section'], type: unknown): Fields {
  if (section !== 'security') return itemFields[section]
  const known = typeof type === 'string' && Object.hasOwn(securityFields, type) ? securityFields[type] : undefined
  return known ?? Object.fromEntries(Object.values(securityFields).flatMap((fields) => Object.entries(fields)))
}

function messagesFor(
  name: string,
  { value, field }: { value: unknown; field: Fields[string] | undefined },
): FieldMessage[] {
  if (typeof value === 'object' && value !== null) {
    const entries = Array.isArray(value) ? value.map(pairOf) : Object.entries(value)
    return entries.flatMap(([key, one]) => messagesFor(`${name}.${key}`, { value: one, field: undefined }))
  }
  if (typeof value !== 'string' && typeof value !== 'number') return []
  const text = String(value)
  if (text.includes(redacted)) {
    return [
      { path: name, message: 'still holds what stands for a hidden value: leave the field as it is, or fill it anew' },
    ]
  }
  const lastName = name.slice(name.lastIndexOf('.') + 1)
  const isSecret = field ? field.kind === 'secret' : isSensitiveName(lastName)
  const isBare = isSecret ? !isReference(text) && !(text === '' && field?.mayBeEmpty) : hasPassword(text)
  if (!isBare) return []
  const variable = variableFor(lastName)
  return [{ path: name, message: `is a secret: put it into .env as ${variable}, and write \${${variable}} here` }]
}

/** `client_secret=…` of a list. */
function pairOf(one: unknown, index: number): [string, unknown] {
  const [key = '', ...rest] = typeof one === 'string' ? one.split('=') : []
  return rest.length > 0 ? [key.trim(), rest.join('=')] : [String(index), one]
}

/** At least one variable, and beside it no more than a word such as `Bearer`. */
function isReference(text: string): boolean {
  if (/^Zato_Enmasse_Env\.\w+$/.test(text)) return true
  const rest = text.replace(/\$\{[A-Za-z_]\w*(:\?[^}]*)?\}/g, '')
  return rest !== text && /^[A-Za-z]*\s*$/.test(rest)
}

/** `http://user:password@host` */
function hasPassword(text: string): boolean {
  const password = /:\/\/[^\s/?#:@]*:([^\s/?#]*)@/.exec(text)?.[1]
  return password !== undefined && password !== '' && !isReference(password)
}

function variableFor(field: string): string {
  return field.toUpperCase().replace(/[^A-Z\d]+/g, '_')
}
