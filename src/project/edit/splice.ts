import { lineBreakNear, lineStart } from './lines.js'

/** Replaces the characters from `from` to `to`, exclusive. */
export interface Splice {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Applies splices that do not overlap; at one place insertions come first, in the order given. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = ''
  let at = 0
  for (const { from, to, text: replacement } of [...splices].sort((a, b) => a.from - b.from || a.to - b.to)) {
    result += text.slice(at, from) + replacement
    at = to
  }
  return result + text.slice(at)
}

/** Inserts whole lines where a line starts, or after a last line that has no line break. */
export function insertLines(text: string, at: number, lines: readonly string[]): Splice {
  return replaceLines(text, { from: at, to: at }, lines)
}

/** Replaces whole lines; a text that ends without a line break still does. */
export function replaceLines(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  lines: readonly string[],
): Splice {
  const lineBreak = lineBreakNear(text, from)
  const endsOpen = to === text.length && text.length > 0 && !text.endsWith('\n')
  if (!endsOpen) return { from, to, text: lines.map((line) => line + lineBreak).join('') }
  if (lineStart(text, from) !== from) return { from, to, text: lines.map((line) => lineBreak + line).join('') }
  const kept = lines.length > 0 ? from : from - (from > 1 && text[from - 2] === '\r' ? 2 : Math.min(from, 1))
  return { from: kept, to, text: lines.join(lineBreak) }
}
