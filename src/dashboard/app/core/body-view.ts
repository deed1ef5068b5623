import type { BodyRecord } from '../../../trace/record.js'

export type BodyForm = 'Pretty' | 'Raw' | 'Image' | 'Hex'

/** Pixels only: an SVG is a document, and shown as text. */
const imageType = /^image\/(png|jpeg|gif|webp|avif)\b/

/** Above it a body is shown as it is. */
const mostPretty = 1024 * 1024

/** How a body can be shown, the best first. */
export function bodyForms({ text, base64, type = '', bytes, keptBytes }: BodyRecord): BodyForm[] {
  if (base64 !== undefined) return imageType.test(type) && keptBytes === bytes ? ['Image', 'Hex'] : ['Hex']
  if (text === undefined) return []
  return parsedJson(text) === undefined ? ['Raw'] : ['Pretty', 'Raw']
}

/** An object or a list; undefined for everything else. */
export function parsedJson(text: string): unknown {
  if (text.length > mostPretty || !/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sixteen bytes a line: where, in hex, as letters. */
export function hexOf(base64: string): string {
  const bytes = decoded(base64)
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, 16_384); at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const letters = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${letters}`)
  }
  return lines.join('\n')
}

/** What was kept of a body. */
export function bytesOf({ text = '', base64 }: BodyRecord): Uint8Array<ArrayBuffer> {
  return base64 === undefined ? new TextEncoder().encode(text) : decoded(base64)
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}
