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
  const decode = text.includes('%') || text.includes('+') ? decoded : asItIs
  try {
    let start = 0
    while (start <= text.length) {
      const mark = text.indexOf('&', start)
      const end = mark === -1 ? text.length : mark
      if (end > start) addPair(query, text.slice(start, end), decode)
      start = end + 1
    }
  } catch {
    return undefined
  }
  return query
}

function addPair(query: Record<string, string | string[]>, pair: string, decode: (text: string) => string): void {
  const equals = pair.indexOf('=')
  const key = decode(equals === -1 ? pair : pair.slice(0, equals))
  const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
  const before = query[key]
  if (before === undefined) query[key] = value
  else if (typeof before === 'string') query[key] = [before, value]
  else before.push(value)
}

const asItIs = (text: string): string => text

/** @throws URIError */
function decoded(text: string): string {
  const blanks = text.includes('+') ? text.replaceAll('+', ' ') : text
  return blanks.includes('%') ? decodeURIComponent(blanks) : blanks
}
