import { LosslessNumber } from './lossless-number.js'
import { Mistake } from './mistake.js'
import { type PlainObject, describe } from './plain-object.js'

/**
 * Writes `params` as a query string, without the question mark: arrays repeat the key, `null` and `undefined` are left
 * out, booleans and numbers are written as JSON writes them.
 *
 * @param taken keys that fill the path and so are not part of the query
 * @throws Mistake for a value that a query cannot hold
 */
export function writeQuery(params: PlainObject, taken: ReadonlySet<string>): string {
  let query = ''
  for (const key of Object.keys(params)) {
    if (taken.has(key)) continue
    const value = params[key]
    if (!Array.isArray(value)) query = appendPair(query, key, value)
    else for (const one of value as readonly unknown[]) query = appendPair(query, key, one)
  }
  return query
}

function appendPair(query: string, key: string, value: unknown): string {
  if (value === undefined || value === null) return query
  const text = scalarText(value)
  if (text === undefined) {
    const found = typeof value === 'number' ? String(value) : describe(value)
    throw new Mistake('ZN403', `the parameter "${key}" is ${found}, which a query cannot hold`, {
      hint: hintFor(value),
    })
  }
  const pair = `${encoded(key, key)}=${encoded(text, key)}`
  return query === '' ? pair : `${query}&${pair}`
}

/** A string, boolean, bigint, finite or lossless number as text; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      return value instanceof LosslessNumber ? String(value) : undefined
  }
}

function encoded(text: string, key: string): string {
  try {
    return encodeURIComponent(text)
  } catch (cause) {
    throw new Mistake('ZN403', `the parameter "${key}" holds half a surrogate pair, which has no encoding`, { cause })
  }
}

function hintFor(value: unknown): string {
  if (value instanceof Date) return 'give value.toISOString()'
  if (typeof value === 'object')
    return 'give strings, numbers or booleans, or an array of them; JSON.stringify(value) for JSON'
  return 'give a string, a finite number or a boolean'
}
