import { didYouMean } from '../nearest.js'
import type { Row } from './fields.js'
import type { ReadItem } from './items.js'
import { placeholdersOf } from './path.js'
import type { Finding } from './source.js'

interface CheckedItem extends ReadItem {
  report(finding: Finding): void
}

/** What a connection declares of its calls must fit its path. */
export function checkDeclared(item: CheckedItem): void {
  const { urlPath, requestPathParams, requestQueryString } = item.values
  if (typeof urlPath !== 'string') return
  const placeholders = new Set(placeholdersOf(urlPath))
  for (const { key } of rowsOf(requestPathParams)) {
    if (placeholders.has(key)) continue
    const hint = didYouMean(key, placeholders) ?? 'what is to stand in the query belongs in request_query_string'
    report(item, 'request_path_params', { message: `The path has no placeholder {${key}}`, hint })
  }
  for (const { key } of rowsOf(requestQueryString)) {
    if (!placeholders.has(key)) continue
    const message = `"${key}" is a placeholder of the path, and no query parameter`
    report(item, 'request_query_string', { message, hint: 'declare it in request_path_params' })
  }
}

function report(item: CheckedItem, field: string, { message, hint }: { message: string; hint: string }): void {
  item.report({ code: 'ZC106', message, hint, range: item.fields.get(field) ?? item.range })
}

function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? (value as readonly Row[]) : []
}
