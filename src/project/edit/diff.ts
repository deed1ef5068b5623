/** How two texts differ, line by line. */

export interface DiffOptions {
  /** What the header calls the file, with `/`. */
  readonly name: string
  /** Lines around a change. */
  readonly context?: number
  /** The lines of a text as they may be shown; what differs is found out from the text itself. */
  readonly shownLines?: (text: string) => readonly string[]
}

/** A unified diff as `git apply` and `patch -p1` take it; empty if the texts are equal. */
export function unifiedDiff(before: string, after: string, options: DiffOptions): string {
  const { name, context = 3, shownLines = asItIs } = options
  if (before === after) return ''
  const hunks = hunksOf(compare(linesOf(before, shownLines(before)), linesOf(after, shownLines(after))), context)
  return [`--- a/${name}\n`, `+++ b/${name}\n`, ...hunks.map(hunkText)].join('')
}

function asItIs(text: string): string[] {
  return text.split('\n')
}

interface Line {
  /** With its line break, if it has one. */
  readonly text: string
  /** Without it, and as it may be shown. */
  readonly shown: string
}

interface DiffLine extends Line {
  readonly sign: ' ' | '-' | '+'
}

interface Hunk {
  /** Lines of the old and of the new text above the hunk. */
  readonly above: readonly [old: number, new: number]
  readonly lines: readonly DiffLine[]
}

function linesOf(text: string, shown: readonly string[]): Line[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line, index) => ({ text: line, shown: shown[index] ?? '' }))
}

/** Equal lines at both ends are set aside first: edits are local, so what is left is short. */
function compare(before: readonly Line[], after: readonly Line[]): DiffLine[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head]?.text === after[head]?.text) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail)?.text === after.at(-1 - tail)?.text) tail++
  return [
    ...equal(before.slice(0, head)),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...equal(before.slice(before.length - tail)),
  ]
}

function equal(lines: readonly Line[]): DiffLine[] {
  return lines.map((line) => ({ ...line, sign: ' ' }))
}

/** The most lines, squared, that are compared one by one; beyond that the whole is shown as replaced. */
const mostComparisons = 4_000_000

/** By the longest common subsequence. */
function compareMiddle(before: readonly Line[], after: readonly Line[]): DiffLine[] {
  if (before.length * after.length > mostComparisons) return replaced(before, after)
  const width = after.length + 1
  const common = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i]?.text === after[j]?.text ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  return walk(before, after, at)
}

function walk(before: readonly Line[], after: readonly Line[], common: (i: number, j: number) => number): DiffLine[] {
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length && j < after.length) {
    const [old, fresh] = [before.slice(i, i + 1), after.slice(j, j + 1)]
    if (old[0]?.text === fresh[0]?.text) {
      lines.push(...equal(fresh))
      i++
      j++
    } else if (common(i + 1, j) >= common(i, j + 1)) {
      lines.push(...replaced(old, []))
      i++
    } else {
      lines.push(...replaced([], fresh))
      j++
    }
  }
  return [...lines, ...replaced(before.slice(i), after.slice(j))]
}

function replaced(before: readonly Line[], after: readonly Line[]): DiffLine[] {
  return [
    ...before.map((line): DiffLine => ({ ...line, sign: '-' })),
    ...after.map((line): DiffLine => ({ ...line, sign: '+' })),
  ]
}

/** Changes with the lines around them; those whose surroundings meet are one hunk. */
function hunksOf(lines: readonly DiffLine[], context: number): Hunk[] {
  const spans: { from: number; to: number }[] = []
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    const last = spans.at(-1)
    const [from, to] = [Math.max(0, index - context), Math.min(lines.length, index + context + 1)]
    if (last && from <= last.to) last.to = to
    else spans.push({ from, to })
  }
  return spans.map(({ from, to }) => ({
    above: [count(lines.slice(0, from), '-'), count(lines.slice(0, from), '+')],
    lines: lines.slice(from, to),
  }))
}

/** Lines that one of the texts has: those with its sign, and the common ones. */
function count(lines: readonly DiffLine[], own: '-' | '+'): number {
  return lines.filter(({ sign }) => sign === ' ' || sign === own).length
}

function hunkText({ above: [old, fresh], lines }: Hunk): string {
  const header = `@@ -${range(old, count(lines, '-'))} +${range(fresh, count(lines, '+'))} @@\n`
  return header + lines.map(lineText).join('')
}

/** An empty range is named by the line above it. */
function range(above: number, length: number): string {
  const start = length === 0 ? above : above + 1
  return length === 1 ? String(start) : `${start},${length}`
}

function lineText({ sign, text, shown }: DiffLine): string {
  return `${sign}${shown}\n${text.endsWith('\n') ? '' : '\\ No newline at end of file\n'}`
}
