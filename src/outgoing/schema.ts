import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { SchemaIssue } from './errors.js'

/** Checking the data of a reply against a Standard Schema. */
export type SchemaResult =
  { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

const mostIssues = 100

/** What the schema makes of `data`, or what is wrong with it. */
export async function checkSchema(schema: StandardSchemaV1, data: unknown): Promise<SchemaResult> {
  const result = await schema['~standard'].validate(data)
  if (!result.issues) return { value: result.value }
  return { issues: result.issues.slice(0, mostIssues).map(({ message, path }) => ({ path: pointer(path), message })) }
}

/** `/orders/0/id: Expected a string (and 2 more)` */
export function issuesText(issues: readonly SchemaIssue[]): string {
  const [first] = issues
  if (!first) return 'no reason given'
  const text = first.path === '' ? first.message : `${first.path}: ${first.message}`
  return issues.length > 1 ? `${text} (and ${issues.length - 1} more)` : text
}

/** A JSON pointer (RFC 6901). */
function pointer(path: StandardSchemaV1.Issue['path'] = []): string {
  return path
    .map((part) => String(typeof part === 'object' ? part.key : part))
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
}

/** The keys of a pointer; indices of lists are left out. */
export function keysOfPointer(text: string): string[] {
  const keys = text.split('/').slice(1)
  return keys.filter((key) => !/^\d+$/.test(key)).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}
