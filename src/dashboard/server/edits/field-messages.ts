import type { Problem } from '../../../project/problem.js'
import type { Fields } from '../../../project/fields.js'
import { itemFields, securityFields } from '../../../project/sections.js'
import type { EditOperation } from '../../shared/api.js'
import type { FieldMessage } from './literal-secrets.js'

const knownFields = { ...itemFields, security: Object.assign({}, ...Object.values(securityFields)) as Fields }

/** Problems that name a field of what is edited, as messages beside the field of a form. */
export function fieldMessages(problems: readonly Problem[], operations: readonly EditOperation[]): FieldMessage[] {
  const given = new Set(operations.flatMap(fieldsOf))
  const known = new Set(operations.flatMap(({ section }) => Object.keys(knownFields[section])))
  return problems.flatMap(({ message, hint }) => {
    const quoted = [...message.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
    const path =
      quoted.find((name) => given.has(name)) ?? pathOf(message, given) ?? quoted.find((name) => known.has(name))
    return path === undefined ? [] : [{ path, message: hint === undefined ? message : `${message}: ${hint}` }]
  })
}

function fieldsOf(operation: EditOperation): string[] {
  if (operation.op === 'add') return Object.keys(operation.item)
  return operation.op === 'edit' ? Object.keys(operation.set) : []
}

/** Some messages speak of a field in other words. */
const words: readonly (readonly [pattern: RegExp, field: string])[] = [
  [/placeholder|\bpath\b/i, 'url_path'],
  [/\bhost\b|\baddress of the API\b/i, 'host'],
  [/security definition/i, 'security'],
  [/\bservice\b/i, 'service'],
  [/one name|the name of/i, 'name'],
]

function pathOf(message: string, names: ReadonlySet<string>): string | undefined {
  return words.find(([pattern, field]) => names.has(field) && pattern.test(message))?.[1]
}
