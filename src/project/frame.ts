import { type Redactor, isSensitiveName, redacted } from '../redact.js'

const widest = 100
/** Stands for each character of a secret in the lines of a frame; masking makes the marker of a row of them. */
export const hiddenCharacter = '\uE000'
const hidden = new RegExp(`${hiddenCharacter}+`, 'g')
const keyValue =
  /((?:^|[\s{,-])["']?([\w.-]+)["']?\s*:\s+)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\$\{[^}]*\}(?=\s*(?:[,}#]|$))|[^,}#\s][^,}#]*)/g
/** Without the blank after the colon it is no pair to YAML, but the same to whoever wrote it. */
const tightPair = /([\w.-]+):([^\s,}#]{6,})/g
const onlyReference = /^["']?\$\{[^}]*\}["']?\s*$/

export interface FramePlace {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly length: number
}

/**
 * The offending line with the two before it and the one after: line numbers, a bar, and carets under what is wrong. Secrets
 * are masked, tabs take one column, characters that would steer the terminal are replaced, long lines are cut around the carets.
 *
 * @param text the file, or its lines
 */
export function renderFrame(
  text: string | readonly string[],
  place: FramePlace,
  { redactor }: { redactor: Redactor },
): string {
  const lines = typeof text === 'string' ? text.split('\n') : text
  const first = Math.max(1, place.line - 2)
  const last = Math.min(lines.length, place.line + 1)
  const gutter = String(last).length
  const out: string[] = []
  for (let number = first; number <= last; number++) {
    const line = printable(lines[number - 1] ?? '')
    if (number > place.line && line.trim() === '') break
    const isWrong = number === place.line
    const start = isWrong ? place.column - 1 : 0
    const end = isWrong ? Math.min(line.length, start + place.length) : 0
    const shown = cut(mask(line, redactor), isWrong ? maskedRange(line, { start, end, redactor }) : undefined)
    out.push(`${String(number).padStart(gutter)} | ${shown.text}`.trimEnd())
    if (isWrong) {
      const carets = '^'.repeat(Math.max(1, shown.end - shown.start))
      out.push(`${' '.repeat(gutter)} | ${' '.repeat(shown.start)}${carets}`)
    }
  }
  return out.join('\n')
}

/** One column for each character, and none that a terminal obeys. */
export function printable(line: string): string {
  return line
    .replace(/\r$/, '')
    .replace(/^\uFEFF|\t/g, ' ')
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD')
}

/** A line with its secrets hidden: those that the redactor knows, and what stands under the name of one. */
export function mask(line: string, redactor: Redactor): string {
  const byName = line.replace(keyValue, (found, before: string, key: string, value: string) =>
    isSensitiveName(key) && !onlyReference.test(value) ? `${before}${redacted}` : found,
  )
  const all = byName.replace(tightPair, (found, key: string) => (isSensitiveName(key) ? `${key}:${redacted}` : found))
  return redactor.url(all).replace(hidden, redacted)
}

/** Where the carets stand once what is before them, and what is above them, has been masked. */
function maskedRange(line: string, { start, end, redactor }: { start: number; end: number; redactor: Redactor }) {
  const whole = mask(line, redactor)
  if (whole === line) return { start, end }
  const before = mask(line.slice(0, start), redactor).length
  const after = mask(line.slice(end), redactor).length
  return { start: Math.min(before, whole.length), end: Math.max(before + 1, whole.length - after) }
}

function cut(text: string, range = { start: 0, end: 0 }): { text: string; start: number; end: number } {
  if (text.length <= widest) return { text, ...range }
  const from = Math.max(0, Math.min(range.start - 30, text.length - widest))
  const shown = text.slice(from, from + widest)
  const head = from > 0 ? '…' : ''
  const tail = from + widest < text.length ? '…' : ''
  const shift = head.length - from
  const limit = head.length + shown.length
  return {
    text: `${head}${shown}${tail}`,
    start: Math.max(0, range.start + shift),
    end: Math.min(limit, range.end + shift),
  }
}
