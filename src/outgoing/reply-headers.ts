import type { ReplyHeaders } from './response.js'

/** Headers as they came, names and values in turn, as an object without a prototype. */
export function readHeaders(raw: readonly Buffer[]): ReplyHeaders {
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] as Buffer).latin1Slice().toLowerCase()
    const value = (raw[index + 1] as Buffer).latin1Slice()
    const before = headers[name]
    if (name === 'set-cookie') {
      if (Array.isArray(before)) before.push(value)
      else headers[name] = [value]
    } else {
      headers[name] = typeof before === 'string' ? `${before}, ${value}` : value
    }
  }
  return headers
}
