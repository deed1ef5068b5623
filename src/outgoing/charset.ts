import { TextDecoder } from 'node:util'
import { charsetOf } from './media-type.js'

/** Decoders by charset; null for one that is unknown. Replies name few charsets, but a hostile one could name many. */
const decoders = new Map<string, TextDecoder | null>()
const mostDecoders = 64

/**
 * Reads the bytes of a reply as text. A byte order mark wins, then the charset of the Content-Type; without either, or with
 * a charset that is unknown, it is UTF-8. Bytes that do not fit become U+FFFD.
 */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const charset = charsetOfMark(bytes) ?? (contentType === undefined ? undefined : charsetOf(contentType))
  const decoder = decoderOf(charset ?? 'utf-8')
  return decoder.encoding === 'windows-1252' ? decodeWindows1252(bytes) : decoder.decode(bytes)
}

/** Bytes 0x80 to 0x9f of windows-1252, which is also what the web means by latin1 and ASCII. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** By hand, because some versions of Node take these bytes for control characters. */
function decodeWindows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return latin1.replace(/[\u0080-\u009f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80] ?? control)
}

function charsetOfMark(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return first === 0xef && second === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined
}

const utf8 = new TextDecoder()

function decoderOf(charset: string): TextDecoder {
  if (charset === 'utf-8') return utf8
  let decoder = decoders.get(charset)
  if (decoder === undefined) {
    decoder = openDecoder(charset)
    if (decoders.size < mostDecoders) decoders.set(charset, decoder)
  }
  return decoder ?? utf8
}

function openDecoder(charset: string): TextDecoder | null {
  try {
    return new TextDecoder(charset)
  } catch {
    return null
  }
}
