import { type CST, type Document, type Pair, type Scalar, isSeq, visit } from 'yaml'
import { blankLinesAbove, columnOf, commentRunAbove, isFirstOnLine, lineAfter, lineStart } from './lines.js'
import { type Collection, entryAt, isBlock } from './positions.js'

/** How a file is laid out: what is added to it looks like what stands there. All widths in columns. */
export interface Layout {
  /** From a section's key to the dashes of its items. */
  readonly sectionIndent: number
  /** From a dash to its element. */
  readonly dashWidth: number
  /** From a key to the keys of its mapping. */
  readonly mapIndent: number
  /** From a key to the dashes of its list. */
  readonly listIndent: number
  /** Blank lines between the items of a section. */
  readonly itemGap: number
  readonly quote: Quote
  /** Whether everything is quoted, as JSON has it. */
  readonly json: boolean
  /** Whether texts of several lines are written below a `|`. */
  readonly literals: boolean
}

export type Quote = 'single' | 'double'

/** The layout of a file, by the first example of each habit in it. */
export function layoutOf(text: string, document: Document.Parsed): Layout {
  const found: { -readonly [K in keyof Layout]?: Layout[K] | undefined } = {}
  visit(document, {
    Scalar(_, node) {
      found.quote ??= quoteOf(node)
    },
    Pair(_, pair, path) {
      const isSection = path.at(-1) === document.contents
      const indent = indentBelow(text, pair)
      if (indent === undefined) return
      if (!isSeq(pair.value)) found.mapIndent ??= indent
      else if (isSection) found.sectionIndent ??= indent
      else found.listIndent ??= indent
      if (isSection && isSeq(pair.value)) found.itemGap ??= gapAbove(text, pair.value, pair.value.items.length - 1)
    },
    Seq(_, node) {
      found.dashWidth ??= dashWidthOf(text, node)
    },
  })
  const json = /^\s*\{\s*"/.test(text)
  const sectionIndent = found.sectionIndent ?? found.listIndent ?? 2
  return {
    sectionIndent,
    dashWidth: found.dashWidth ?? 2,
    mapIndent: found.mapIndent ?? (sectionIndent > 0 ? sectionIndent : 2),
    listIndent: found.listIndent ?? sectionIndent,
    itemGap: found.itemGap ?? 1,
    quote: found.quote ?? 'single',
    json,
    literals: !json,
  }
}

/** Blank lines above an entry of a block collection and its comments; undefined for the first one. */
export function gapAbove(text: string, collection: Collection, index: number): number | undefined {
  const entry = entryAt(collection, index)
  const previous = index > 0 ? entryAt(collection, index - 1) : undefined
  if (!entry || !previous || !isBlock(collection)) return undefined
  const floor = lineAfter(text, previous.end)
  const column = columnOf(text, entry.start)
  const start = commentRunAbove(text, lineStart(text, entry.start), { column, floor })
  return blankLinesAbove(text, start, floor).count
}

/** From the first dash of a list to what stands behind it; undefined if that is on another line. */
export function dashWidthOf(text: string, list: Collection): number | undefined {
  const entry = isBlock(list) && isSeq(list) ? entryAt(list, 0) : undefined
  const start = entry?.value?.range?.[0]
  if (!entry || start === undefined || lineStart(text, start) !== lineStart(text, entry.start)) return undefined
  return entry.before.every(({ type }) => type === 'space') ? start - entry.start : undefined
}

function quoteOf({ type }: Scalar): Quote | undefined {
  if (type === 'QUOTE_DOUBLE') return 'double'
  return type === 'QUOTE_SINGLE' ? 'single' : undefined
}

/** From a key to the block collection below it. */
function indentBelow(text: string, { srcToken, value }: Pair): number | undefined {
  const { key, value: token } = (srcToken ?? {}) as Partial<CST.CollectionItem>
  if (!key || !token || !isBlock(value) || !isFirstOnLine(text, token.offset)) return undefined
  return columnOf(text, token.offset) - columnOf(text, key.offset)
}
