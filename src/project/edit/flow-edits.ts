import { type CST } from 'yaml'
import { isComment, isFirstOnLine, lineBreakNear, lineEnd, lineStart } from './lines.js'
import { type Collection, endOfToken, entryAt, lastEntry } from './positions.js'
import type { Splice } from './splice.js'

/** Entries added to, and taken from, lists and mappings in brackets and braces. */

/** An entry behind the last one: on a line of its own if that has one, and with a comma behind it if that has one. */
export function addToFlow(text: string, collection: Collection, entry: string): Splice[] | undefined {
  const closing = closingOffset(collection)
  const last = lastEntry(collection)
  if (closing === undefined) return undefined
  if (!last) return fillEmpty(text, collection, entry, closing)
  const comma = commaBetween(collection, last.end)
  const commaSplice = comma === undefined ? [{ from: last.end, to: last.end, text: ',' }] : []
  const end = comma === undefined ? last.end : comma + 1
  const lineBreak = lineBreakNear(text, lineEnd(text, end))
  const isOnOwnLine = isFirstOnLine(text, last.start) && lineEnd(text, end) <= closing
  if (!isOnOwnLine) return [...commaSplice, { from: end, to: end, text: ` ${entry}${comma === undefined ? '' : ','}` }]
  const indent = text.slice(lineStart(text, last.start), last.start)
  const line = indent + entry + (comma === undefined ? '' : ',')
  return [...commaSplice, { from: lineEnd(text, end), to: lineEnd(text, end), text: line + lineBreak }]
}

function fillEmpty(text: string, collection: Collection, entry: string, closing: number): Splice[] {
  const opening = collection.range?.[0] ?? closing
  const inside = text.slice(opening + 1, closing)
  if (inside.includes('#')) return [{ from: closing, to: closing, text: `${entry} ` }]
  const padding = text[opening] === '{' ? ' ' : ''
  return [{ from: opening + 1, to: closing, text: padding + entry + padding }]
}

/** Takes out an entry with one of the commas beside it. */
export function removeFromFlow(text: string, collection: Collection, index: number): Splice[] | undefined {
  const entry = entryAt(collection, index)
  const closing = closingOffset(collection)
  if (!entry || closing === undefined) return undefined
  const next = entryAt(collection, index + 1)
  const comma = commaBetween(collection, entry.end)
  const end = comma === undefined ? entry.end : comma + 1
  const rest = text.slice(end, lineEnd(text, end))
  const hasOwnLines = isFirstOnLine(text, entry.start) && (rest.trim() === '' || isComment(rest))
  if (hasOwnLines && (next || comma !== undefined))
    return [{ from: lineStart(text, entry.start), to: lineEnd(text, end), text: '' }]
  if (next) return [{ from: entry.start, to: next.start, text: '' }]
  const previous = index > 0 ? entryAt(collection, index - 1) : undefined
  if (!previous) return [{ from: entry.start, to: end, text: '' }]
  return removeLast(text, { collection, previousEnd: previous.end, start: entry.start, end, ownLines: hasOwnLines })
}

interface Last {
  readonly collection: Collection
  readonly previousEnd: number
  readonly start: number
  readonly end: number
  readonly ownLines: boolean
}

/** The comma before the last entry goes with it, the comment behind that comma does not. */
function removeLast(text: string, { collection, previousEnd, start, end, ownLines }: Last): Splice[] | undefined {
  const comma = commaBetween(collection, previousEnd)
  if (comma === undefined) return undefined
  if (ownLines) {
    const lines = { from: lineStart(text, start), to: lineEnd(text, end), text: '' }
    return [{ from: comma, to: comma + 1, text: '' }, lines]
  }
  return [{ from: previousEnd, to: end, text: '' }]
}

/** The comma that follows an entry which ends at `end`. */
function commaBetween(collection: Collection, end: number): number | undefined {
  const commas = tokensOf(collection).items.flatMap(({ start }) => start.filter(({ type }) => type === 'comma'))
  return commas.find(({ offset }) => offset >= end)?.offset
}

function closingOffset(collection: Collection): number | undefined {
  const closing = tokensOf(collection).end.find(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end')
  return closing && endOfToken(closing) - 1
}

function tokensOf(collection: Collection): CST.FlowCollection {
  return collection.srcToken as CST.FlowCollection
}
