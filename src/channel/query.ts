import { createDictionary } from './dictionary.js'

export type Query = Readonly<Record<string, string | readonly string[]>>

const none: Query = Object.freeze(createDictionary<string>())

/**
 * Reads a query string: `+` is a blank, a key that repeats is an array, a key without `=` has an empty value. Undefined
 * if an escape is malformed or is no UTF-8.
 *
 * @param text without the question mark
 */
export function parseQuery(text: string): Query | undefined {
  if (text === '') return none
  const query = createDictionary<string | string[]>()
  try {
    for (const pair of text.split('&')) {
      if (pair !== '') addPair(query, pair)
    }
  } catch {
    return undefined
  }
  return query
}

function addPair(query: Record<string, string | string[]>, pair: string): void {
  const equals = pair.indexOf('=')
  const key = decode(equals === -1 ? pair : pair.slice(0, equals))
  const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
  const before = query[key]
  if (before === undefined) query[key] = value
  else if (typeof before === 'string') query[key] = [before, value]
  else before.push(value)
}

/** @throws URIError */
function decode(text: string): string {
  const blanks = text.includes('+') ? text.replaceAll('+', ' ') : text
  return blanks.includes('%') ? decodeURIComponent(blanks) : blanks
}
