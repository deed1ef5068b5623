/** How two texts differ, line by line. */

export interface DiffOptions {
  /** What the header calls the file, with `/`. */
  readonly name: string
  /** Lines around a change. */
  readonly context?: number
}

/** A unified diff as `git apply` and `patch -p1` take it; empty if the texts are equal. */
export function unifiedDiff(before: string, after: string, { name, context = 3 }: DiffOptions): string {
  if (before === after) return ''
  const hunks = hunksOf(compare(linesOf(before), linesOf(after)), context)
  return [`--- a/${name}\n`, `+++ b/${name}\n`, ...hunks.map(hunkText)].join('')
}

interface DiffLine {
  readonly sign: ' ' | '-' | '+'
  /** With its line break, if it has one. */
  readonly text: string
}

interface Hunk {
  /** Lines of the old and of the new text above the hunk. */
  readonly above: readonly [old: number, new: number]
  readonly lines: readonly DiffLine[]
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Equal lines at both ends are set aside first: edits are local, so what is left is short. */
function compare(before: readonly string[], after: readonly string[]): DiffLine[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  return [
    ...equal(before.slice(0, head)),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...equal(before.slice(before.length - tail)),
  ]
}

function equal(lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ sign: ' ', text }))
}

/** The most lines, squared, that are compared one by one; beyond that the whole is shown as replaced. */
const mostComparisons = 4_000_000

/** By the longest common subsequence. */
function compareMiddle(before: readonly string[], after: readonly string[]): DiffLine[] {
  if (before.length * after.length > mostComparisons) return replaced(before, after)
  const width = after.length + 1
  const common = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  return walk(before, after, at)
}

function walk(
  before: readonly string[],
  after: readonly string[],
  common: (i: number, j: number) => number,
): DiffLine[] {
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length && j < after.length) {
    const [old = '', fresh = ''] = [before[i], after[j]]
    if (old === fresh) {
      lines.push({ sign: ' ', text: old })
      i++
      j++
    } else if (common(i + 1, j) >= common(i, j + 1)) {
      lines.push({ sign: '-', text: old })
      i++
    } else {
      lines.push({ sign: '+', text: fresh })
      j++
    }
  }
  return [...lines, ...replaced(before.slice(i), after.slice(j))]
}

function replaced(before: readonly string[], after: readonly string[]): DiffLine[] {
  return [
    ...before.map((text): DiffLine => ({ sign: '-', text })),
    ...after.map((text): DiffLine => ({ sign: '+', text })),
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

function lineText({ sign, text }: DiffLine): string {
  return sign + (text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`)
}
