import { createDictionary } from './dictionary.js'

/** What a request may hold under one name: data, never a prototype. */
export type HeaderValues = Readonly<Record<string, string>>

/**
 * Headers by lower-case name; repeated ones joined by `, ` (`cookie` by `; `, as its own grammar wants).
 *
 * @param raw names and values in turn, as on the wire
 */
export function readHeaders(raw: readonly string[]): HeaderValues {
  const headers = createDictionary<string>()
  for (let i = 1; i < raw.length; i += 2) {
    const name = (raw[i - 1] ?? '').toLowerCase()
    const value = raw[i] ?? ''
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}

/** Whether a header stands more than once. Its name in lower case. */
export function isRepeated(raw: readonly string[], name: string): boolean {
  let count = 0
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]?.length === name.length && raw[i]?.toLowerCase() === name) count++
  }
  return count > 1
}
