import { stripVTControlCharacters } from 'node:util'

const zeroWidth = /^[\p{Mark}\u200b-\u200d\ufe00-\ufe0f]$/u
const wide =
  /^[\p{Extended_Pictographic}\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$/u

/** Columns that a text takes on a screen; colours take none. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += widthOf(character)
  return width
}

/** `text`, filled up with blanks. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/** Plain `text`, cut so that it fits, with a sign that it was. */
export function cut(text: string, width: number, more: string): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let room = width - displayWidth(more)
  for (const character of text) {
    room -= widthOf(character)
    if (room < 0) break
    kept += character
  }
  return kept + more
}

/** Breaks plain text between words, at most `width` columns a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** The same, and what is one word breaks too where it has no room: an address, a path. */
export function fold(text: string, width: number): string[] {
  return wrap(text, width).flatMap((line) => {
    const pieces: string[] = ['']
    for (const character of line) {
      const last = pieces.at(-1) ?? ''
      if (last !== '' && displayWidth(last) + widthOf(character) > width) pieces.push(character)
      else pieces[pieces.length - 1] = last + character
    }
    return pieces
  })
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (zeroWidth.test(character)) return 0
  return code > 0x10ff && wide.test(character) ? 2 : 1
}
