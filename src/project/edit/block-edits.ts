import { type Node, isMap, isScalar } from 'yaml'
import { type Layout, gapAbove } from './layout.js'
import {
  blankLinesAbove,
  blankLinesBelow,
  columnOf,
  commentRunAbove,
  deeperCommentsEnd,
  isBlank,
  isFirstOnLine,
  lineAfter,
  lineEnd,
  lineStart,
} from './lines.js'
import { type Collection, type Entry, entryAt, isBlock, lastEntry } from './positions.js'
import { type Splice, insertLines, replaceLines } from './splice.js'
import { indented, listLines, mappingLines } from './value-text.js'

/** Entries added to, and taken from, lists and mappings in indented lines. */

interface Target {
  readonly text: string
  readonly collection: Collection
  readonly layout: Layout
}

/** A key below the last one of a mapping, above comments that end it. */
export function addKey({ text, collection, layout }: Target, key: string, value: unknown): Splice[] | undefined {
  const [first, last] = [entryAt(collection, 0), lastEntry(collection)]
  if (!first || !last) return undefined
  const lines = indented(mappingLines({ [key]: value }, layout), columnOf(text, first.start))
  return [insertLines(text, lineAfter(text, last.end), lines)]
}

/** An element below the last one of a list and the deeper comments that are its own, in the rhythm of blank lines. */
export function addElement(
  { text, collection, layout }: Target,
  value: unknown,
  gapOfOne: number,
): Splice[] | undefined {
  const last = lastEntry(collection)
  if (!last) return undefined
  const column = columnOf(text, last.start)
  const gap = gapAbove(text, collection, collection.items.length - 1) ?? gapOfOne
  const at = deeperCommentsEnd(text, lineAfter(text, last.end), column)
  const blanks = takesBlankLines(text, last, at) ? [] : blankLines(gap)
  return [insertLines(text, at, [...blanks, ...indented(listLines([value], layout), column)])]
}

export function blankLines(count: number): string[] {
  return Array<string>(count).fill('')
}

/** Whether blank lines at `at` would become part of the text that ends an entry above, which is written with `|+`. */
export function takesBlankLines(text: string, { value, end }: Entry, at: number): boolean {
  return value !== undefined && isBlank(text.slice(lineAfter(text, end), at)) && keepsBlankLines(value)
}

function keepsBlankLines(node: Node): boolean {
  if (isBlock(node)) {
    const value = lastEntry(node as Collection)?.value
    return value !== undefined && keepsBlankLines(value)
  }
  const token = isScalar(node) ? node.srcToken : undefined
  return token?.type === 'block-scalar' && token.props.some((one) => 'source' in one && /^[|>].*\+/.test(one.source))
}

/**
 * Takes out an entry: its lines, deeper comments below it, and the comment directly above it in the same column. Of the
 * blank lines on either side the larger number stays between its neighbours.
 */
export function removeEntry({ text, collection }: Omit<Target, 'layout'>, index: number): Splice[] | undefined {
  const entry = entryAt(collection, index)
  if (!entry) return undefined
  if (!isFirstOnLine(text, entry.start)) return removeBehindDash(text, collection, entry)
  return [replaceLines(text, entryLines(text, collection, index, entry), [])]
}

/** The lines that go with an entry. */
function entryLines(text: string, collection: Collection, index: number, entry: Entry): { from: number; to: number } {
  const previous = index > 0 ? entryAt(collection, index - 1) : undefined
  const column = columnOf(text, entry.start)
  const floor = previous ? deeperCommentsEnd(text, lineAfter(text, previous.end), column) : 0
  const from = commentRunAbove(text, lineStart(text, entry.start), { column, floor })
  const to = deeperCommentsEnd(text, lineAfter(text, entry.end), column)
  const [above, below] = [blankLinesAbove(text, from, floor), blankLinesBelow(text, to)]
  if (previous && takesBlankLines(text, previous, from)) return { from, to: below.to }
  if (index === collection.items.length - 1) return { from: above.from, to }
  return previous === undefined || above.count >= below.count ? { from, to: below.to } : { from: above.from, to }
}

/** The first key of a list's element shares its line with the dash, which the next key then takes. */
function removeBehindDash(text: string, collection: Collection, entry: Entry): Splice[] | undefined {
  const next = entryAt(collection, 1)
  if (!isMap(collection) || !next || entry.start !== entryAt(collection, 0)?.start) return undefined
  const end = lineAfter(text, entry.end)
  if (lineStart(text, next.start) === end) return [{ from: entry.start, to: next.start, text: '' }]
  // Comments or blank lines lie between: the dash stays alone on its line.
  const keyEnd = text.slice(0, end).replace(/\r?\n$/, '').length
  const dashEnd = text.slice(0, entry.start).trimEnd().length
  return [{ from: dashEnd, to: Math.max(keyEnd, dashEnd), text: '' }]
}

/** The end of the last line that is not blank, where something may be added to the whole. */
export function endOfLines(text: string, floor: number): number {
  const solid = text.trimEnd().length
  return Math.max(floor, solid === 0 ? 0 : lineEnd(text, solid))
}
