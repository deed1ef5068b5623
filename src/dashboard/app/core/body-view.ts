import type { BodyRecord } from '../../../trace/record.js'

export type BodyForm = 'Pretty' | 'Raw' | 'Hex'

/** Above it a body is shown as it is. */
const mostPretty = 1024 * 1024

/** How a body can be shown, the best first. */
export function bodyForms({ text, base64 }: BodyRecord): BodyForm[] {
  if (base64 !== undefined) return ['Hex']
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
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, 16_384); at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const letters = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${letters}`)
  }
  return lines.join('\n')
}
