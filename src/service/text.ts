import { TextDecoder } from 'node:util'
import { MalformedBody } from './errors.js'

/**
 * The text of a body in the charset that its Content-Type names, UTF-8 if it names none. Exact: bytes that are no text in
 * that charset are refused, not replaced, and a byte order mark stays.
 *
 * @throws MalformedBody
 */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1]
  try {
    return decoderOf(charset ?? 'utf-8').decode(bytes)
  } catch (cause) {
    if (cause instanceof MalformedBody) throw cause
    const hint = charset === undefined ? '; name its charset in Content-Type' : ''
    throw new MalformedBody(`The body is not ${charset ?? 'UTF-8'} text${hint}`, { cause })
  }
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true })
  } catch (cause) {
    throw new MalformedBody(`The charset "${charset}" of the body is unknown`, { cause })
  }
}
