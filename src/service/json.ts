import { MalformedBody } from './errors.js'
import { findJsonError } from './json-error.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })
const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The value of a JSON text (RFC 8259) in UTF-8. A byte order mark at its start is left out, as the RFC allows.
 *
 * @throws MalformedBody that says where and what
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const error = findJsonError(text)
    const where = error ? ` at ${place(text, error.offset)}: ${error.message}` : ''
    throw new MalformedBody(`Malformed JSON${where}`, { cause })
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    const before = beforeInvalidUtf8(bytes)
    throw new MalformedBody(`Malformed JSON at ${place(before, before.length)}: Invalid UTF-8`, { cause })
  }
}

/** The text before the first bytes that are no UTF-8: where a replacement character stands that was not sent. */
function beforeInvalidUtf8(bytes: Uint8Array): string {
  const text = lenientUtf8.decode(bytes)
  let at = text.indexOf('\uFFFD')
  let offset = Buffer.byteLength(text.slice(0, at))
  while (at !== -1 && bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd) {
    const next = text.indexOf('\uFFFD', at + 1)
    offset += Buffer.byteLength(text.slice(at, next))
    at = next
  }
  return text.slice(0, at).replace(/^\uFEFF/, '')
}

function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|[\r\n]/)
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}
