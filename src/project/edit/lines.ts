/** Lines of a text by offset. A line ends after its `\n`; a `\r` before that belongs to the line break. */

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

/** Where the next line starts, or the end of the text. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at)
  return found === -1 ? text.length : found + 1
}

/** Where the line's own characters end, without its line break. */
export function contentEndOfLine(text: string, at: number): number {
  return lineStart(text, at) + lineAt(text, at).length
}

/** The line around `at`, without its line break. */
export function lineAt(text: string, at: number): string {
  return text.slice(lineStart(text, at), lineEnd(text, at)).replace(/\r?\n$/, '')
}

/** Where the line that a value ends on is over; the text of a block scalar ends with its line. */
export function lineAfter(text: string, end: number): number {
  return end > 0 && text[end - 1] === '\n' ? end : lineEnd(text, end)
}

/** From 1. */
export function lineNumber(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}

/** Characters between the start of the line and `at`. */
export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at)
}

/** Whether only spaces stand between the start of the line and `at`. */
export function isFirstOnLine(text: string, at: number): boolean {
  return /^ *$/.test(text.slice(lineStart(text, at), at))
}

export function isBlank(line: string): boolean {
  return /^[ \t\r\n]*$/.test(line)
}

export function isComment(line: string): boolean {
  return /^[ \t]*#/.test(line)
}

export function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0
}

/** The line break of the line before `at`; failing that of the first line after it; `\n` in a text of one line. */
export function lineBreakNear(text: string, at: number): string {
  const before = text.lastIndexOf('\n', at - 1)
  const found = at > 0 && before !== -1 ? before : text.indexOf('\n', at)
  return found > 0 && text[found - 1] === '\r' ? '\r\n' : '\n'
}

/** How many blank lines stand directly above the line that starts at `start`, no further up than `floor`. */
export function blankLinesAbove(
  text: string,
  start: number,
  floor = 0,
): { readonly count: number; readonly from: number } {
  let count = 0
  let from = start
  while (from > floor && isBlank(lineAt(text, from - 1)) && lineStart(text, from - 1) >= floor) {
    from = lineStart(text, from - 1)
    count++
  }
  return { count, from }
}

/** How many blank lines stand from `start` on, and where they end. */
export function blankLinesBelow(text: string, start: number): { readonly count: number; readonly to: number } {
  let count = 0
  let to = start
  while (to < text.length && isBlank(lineAt(text, to))) {
    to = lineEnd(text, to)
    count++
  }
  return { count, to }
}

/** Where the run of comment lines directly above the line at `start` begins: those at exactly `column`. */
export function commentRunAbove(
  text: string,
  start: number,
  { column, floor }: { column: number; floor: number },
): number {
  let from = start
  while (from > floor) {
    const above = lineAt(text, from - 1)
    if (!isComment(above) || indentOf(above) !== column || lineStart(text, from - 1) < floor) break
    from = lineStart(text, from - 1)
  }
  return from
}

/** Where what belongs to a block ends: comments below it that are indented deeper than `column` are its own. */
export function deeperCommentsEnd(text: string, end: number, column: number): number {
  let own = end
  for (let at = end; at < text.length; at = lineEnd(text, at)) {
    const line = lineAt(text, at)
    if (isBlank(line)) continue
    if (!isComment(line) || indentOf(line) <= column) break
    own = lineEnd(text, at)
  }
  return own
}
