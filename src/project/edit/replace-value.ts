import { type CST, type Node, isAlias, isScalar } from 'yaml'
import type { Layout, Quote } from './layout.js'
import { columnOf, isComment, lineAfter, lineBreakNear, lineEnd, lineStart } from './lines.js'
import { type Entry, endOf, endOfToken, isBlock, isProperty } from './positions.js'
import { type Splice, insertLines, replaceLines } from './splice.js'
import { type ValueText, elementText, indented, inlineText, valueText } from './value-text.js'

/**
 * The value of one entry exchanged for another. Comments behind the key, between key and value, and behind the value
 * stay where they are; only those inside an old list or mapping go with it.
 */

export interface Replacement {
  readonly text: string
  readonly entry: Entry
  readonly value: unknown
  readonly layout: Layout
  /** Whether the entry stands in brackets or braces. */
  readonly inFlow: boolean
  /** Whether it is an element of a list. */
  readonly isElement: boolean
}

/** The splices of a replacement; undefined where the entry is written in a way that allows none. */
export function replaceValue(replacement: Replacement): Splice[] | undefined {
  const { text, entry, value, layout, inFlow, isElement } = replacement
  const quote = quoteOf(entry.value)
  if (inFlow) return replaceInFlow(entry, inlineText(value, layout, { flow: true, quote }))
  if (entry.indicatorEnd === undefined) return undefined
  const fresh = (isElement ? elementText : valueText)(value, layout, quote)
  const written = { ...fresh, rest: indented(fresh.rest, columnOf(text, entry.start)) }
  const old = entry.value
  if (!old) return replaceNothing(text, entry, written)
  if (isBlock(old)) return replaceBlock(text, entry, written)
  if (isScalar(old) && old.srcToken?.type === 'block-scalar') return replaceBlockScalar(text, entry, written)
  return isOnIndicatorLine(entry) ? replaceBehindKey(text, entry, written) : replaceBelowKey(text, entry, written)
}

function replaceInFlow({ value, before, indicatorEnd }: Entry, fresh: string): Splice[] | undefined {
  const from = before.find(isProperty)?.offset ?? value?.range?.[0]
  if (value?.range && from !== undefined) return [{ from, to: value.range[1], text: fresh }]
  return indicatorEnd === undefined ? undefined : [{ from: indicatorEnd, to: indicatorEnd, text: ` ${fresh}` }]
}

/** `key:`, with nothing behind it but, perhaps, a comment. */
function replaceNothing(text: string, entry: Entry, { head, rest }: ValueText): Splice[] {
  const at = indicatorEndOf(entry)
  return [...withoutProperties(text, entry), headSplice(at, head), insertLines(text, lineEnd(text, at), rest)]
}

/** `key: value # comment` */
function replaceBehindKey(text: string, entry: Entry, { head, rest }: ValueText): Splice[] {
  const [from, to] = [indicatorEndOf(entry), valueEnd(entry)]
  const start = entry.before.find(isProperty)?.offset ?? entry.value?.range?.[0] ?? from
  return [head ? { from: start, to, text: head } : { from, to, text: '' }, insertLines(text, lineEnd(text, to), rest)]
}

/** `key:`, and the value on a line of its own. */
function replaceBelowKey(text: string, entry: Entry, { head, rest }: ValueText): Splice[] {
  const [from, to] = [valueStart(entry), valueEnd(entry)]
  const properties = withoutProperties(text, entry)
  if (rest.length === 0) return [...properties, { from, to, text: head }]
  const comment = text.slice(to, lineEnd(text, to)).trim()
  const kept = isComment(comment) ? [' '.repeat(columnOf(text, from)) + comment] : []
  const lines = replaceLines(text, { from: lineStart(text, from), to: lineEnd(text, to) }, [...kept, ...rest])
  return [...properties, headSplice(indicatorEndOf(entry), head), lines]
}

/** `key: |`, whose comment may stand behind the `|`, and the text below. */
function replaceBlockScalar(text: string, entry: Entry, { head, rest }: ValueText): Splice[] | undefined {
  const token = entry.value?.srcToken as CST.BlockScalar
  const header = token.props.find((one): one is CST.SourceToken => one.type === 'block-scalar-header')
  if (!header || !isOnIndicatorLine(entry)) return undefined
  const from = indicatorEndOf(entry)
  const start = entry.before.find(isProperty)?.offset ?? header.offset
  const headEnd = endOfToken(header)
  const lines = { from: lineEnd(text, headEnd), to: endOfText(text, valueEnd(entry), lineEnd(text, headEnd)) }
  return [
    head ? { from: start, to: headEnd, text: head } : { from, to: headEnd, text: '' },
    replaceLines(text, lines, rest),
  ]
}

/** Blank lines that end a block scalar are the space before what follows. */
function endOfText(text: string, end: number, floor: number): number {
  const kept = text.slice(floor, end).trimEnd().length
  return Math.min(end, kept === 0 ? floor : lineEnd(text, floor + kept))
}

/** A list or mapping in indented lines. */
function replaceBlock(text: string, entry: Entry, { head, rest }: ValueText): Splice[] | undefined {
  const [from, to] = [valueStart(entry), entry.value ? endOf(entry.value) : 0]
  const properties = withoutProperties(text, entry)
  if (isOnIndicatorLine(entry)) {
    const open = text[to - 1] === '\n' ? lineBreakNear(text, to) : ''
    return [...properties, { from, to, text: [head, ...rest].join(lineBreakNear(text, to)) + open }]
  }
  const lines = replaceLines(text, { from: lineStart(text, from), to: lineAfter(text, to) }, rest)
  return [...properties, headSplice(indicatorEndOf(entry), head), lines]
}

function headSplice(at: number, head: string): Splice {
  return { from: at, to: at, text: head && ` ${head}` }
}

/** An anchor or a tag speaks of the old value; each goes with the blank before it. */
function withoutProperties(text: string, { before }: Entry): Splice[] {
  return before.filter(isProperty).map((token) => {
    const from = /[ \t]/.test(text[token.offset - 1] ?? '') ? token.offset - 1 : token.offset
    return { from, to: endOfToken(token), text: '' }
  })
}

function isOnIndicatorLine({ before }: Entry): boolean {
  return !before.some(({ type }) => type === 'newline')
}

function indicatorEndOf({ indicatorEnd = 0 }: Entry): number {
  return indicatorEnd
}

function valueStart({ value }: Entry): number {
  return value?.range?.[0] ?? 0
}

function valueEnd({ value }: Entry): number {
  return value?.range?.[1] ?? 0
}

/** A quoted text stays quoted the same way. */
function quoteOf(old: Node | undefined): Quote | undefined {
  if (!old || isAlias(old) || !isScalar(old)) return undefined
  if (old.type === 'QUOTE_SINGLE') return 'single'
  return old.type === 'QUOTE_DOUBLE' ? 'double' : undefined
}
