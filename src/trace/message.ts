import type { Redactor } from '../redact.js'
import { keptBodyBytes } from './limits.js'
import type { BodyRecord, MessageRecord } from './record.js'
import { redactBody } from './redact-body.js'

interface MessageParts {
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** A string stands for its UTF-8. */
  readonly body?: Uint8Array | string | undefined
  /** Of the whole body, where that is not at hand. */
  readonly bodyBytes?: number | undefined
  readonly redactor: Redactor
}

/** A request or a reply as it is remembered: nothing of it is secret, and a long body is cut. */
export function messageRecord({ headers, body: content, bodyBytes, redactor }: MessageParts): MessageRecord {
  const body = typeof content === 'string' ? Buffer.from(content) : content
  const pairs = [...headers].map(([name, value]) => [name, headerValue(name, value, redactor)] as const)
  const type = pairs.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const bytes = bodyBytes ?? body?.length ?? 0
  if (bytes === 0) return { headers: pairs }
  return { headers: pairs, body: body ? bodyRecord(body, { type, redactor }) : { bytes, keptBytes: 0, type } }
}

function headerValue(name: string, value: string, redactor: Redactor): string {
  const shown = redactor.field(name, value)
  return shown === value ? redactor.url(value) : shown
}

/** Names and values in turn, as pairs. A value that is an array is as many pairs. */
export function* pairsOf(flat: readonly (string | number | readonly string[])[]): Generator<[string, string]> {
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const value = flat[index + 1] ?? ''
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      yield [String(flat[index]), String(one)]
  }
}

/** Headers by name, as pairs. */
export function* pairsOfRecord(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Generator<[string, string]> {
  for (const name in headers) {
    const value = headers[name] ?? ''
    for (const one of typeof value === 'string' ? [value] : value) yield [name, one]
  }
}

/** Longer than any secret: what is cut off in the middle of one could not be told any more. */
const margin = 16 * 1024

export function bodyRecord(
  body: Uint8Array,
  { type, redactor }: { type: string | undefined; redactor: Redactor },
): BodyRecord {
  const isCut = body.length > keptBodyBytes
  const seen = isCut ? body.subarray(0, keptBodyBytes + margin) : body
  const facts = { bytes: body.length, keptBytes: Math.min(body.length, keptBodyBytes), type }
  const text = textOf(seen, isCut)
  if (text === undefined) {
    const bytes = Buffer.from(seen).toString('latin1')
    return { base64: Buffer.from(cut(redactor.text(bytes), isCut), 'latin1').toString('base64'), ...facts }
  }
  return { text: cut(redactBody(text, type, redactor), isCut), ...facts }
}

/** What a secret may have lost its end in is left out. */
function cut(text: string, isCut: boolean): string {
  return isCut ? text.slice(0, Math.min(keptBodyBytes, Math.max(0, text.length - margin))) : text
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined for bytes that are no text. */
function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  // A character may have been cut in two.
  const end = isCut ? lastWhole(bytes) : bytes.length
  if (bytes.subarray(0, 1024).includes(0)) return undefined
  try {
    return strict.decode(bytes.subarray(0, end))
  } catch {
    return undefined
  }
}

/** Where the last character begins, if it is one of several bytes. */
function lastWhole(bytes: Uint8Array): number {
  let at = bytes.length
  while (at > 0 && at > bytes.length - 4 && ((bytes[at - 1] ?? 0) & 0xc0) === 0x80) at -= 1
  return ((bytes[at - 1] ?? 0) & 0x80) === 0 ? at : at - 1
}
