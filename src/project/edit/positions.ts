import { type CST, type Node, type Pair, type YAMLMap, type YAMLSeq, isCollection, isMap, isSeq } from 'yaml'

/** Where entries and values lie in the text: what the parser's tokens say, for what its nodes do not. */

export type Collection = YAMLMap | YAMLSeq

type Token = CST.SourceToken

/** An entry of a collection: a key with its value, or an element of a list. */
export interface Entry {
  /** Where it starts: at its dash, or at its key with anchor and tag. */
  readonly start: number
  /** Where its `:` or `-` ends; undefined if there is none, as in a flow list. */
  readonly indicatorEnd: number | undefined
  /** Anchor, tag, comments and blanks between the indicator and the value. */
  readonly before: readonly Token[]
  /** The value; undefined where nothing is written. */
  readonly value: Node | undefined
  /** Where its last character ends, comments not counted. */
  readonly end: number
}

/** The entry at an index; undefined if the parser gave no tokens for it. */
export function entryAt(collection: Collection, index: number): Entry | undefined {
  const tokens = (collection.srcToken as CST.FlowCollection | undefined)?.items
  const entries = tokens?.filter(isEntry) ?? []
  const found = entries[index]
  return found && entries.length === collection.items.length ? entryOf(found, valueAt(collection, index)) : undefined
}

/** The last entry of a collection that has one. */
export function lastEntry(collection: Collection): Entry | undefined {
  return entryAt(collection, collection.items.length - 1)
}

/** Comments and commas that stand by themselves are an item for the parser, and no entry. */
function isEntry({ start, key, sep, value }: CST.CollectionItem): boolean {
  return Boolean(key ?? sep ?? value) || start.some(isSolid)
}

function valueAt(collection: Collection, index: number): Node | undefined {
  const item = collection.items[index]
  const node = isMap(collection) ? (item as Pair<unknown, Node | null>).value : (item as Node | undefined)
  return node?.range && node.range[1] > node.range[0] ? node : undefined
}

function entryOf({ start, key, sep, value }: CST.CollectionItem, node: Node | undefined): Entry | undefined {
  const tokens = sep ?? start
  const indicator = tokens.findIndex(({ type }) => type === (sep ? 'map-value-ind' : 'seq-item-ind'))
  const first = [...start.filter(isSolid), ...(key ? [key] : []), ...(sep ?? []).filter(isSolid)][0] ?? value
  if (first === undefined) return undefined
  const ends = [...start, ...(sep ?? [])].filter(isSolid).map(endOfToken)
  return {
    start: first.offset,
    indicatorEnd: tokens[indicator] && endOfToken(tokens[indicator]),
    before: tokens.slice(indicator + 1),
    value: node,
    end: node ? endOf(node) : Math.max(...ends, key && 'source' in key ? key.offset + key.source.length : 0),
  }
}

/** Where the last character of a value ends, comments and blank lines not counted. */
export function endOf(node: Node): number {
  const end = node.range?.[1] ?? 0
  if (!isCollection(node) || isFlow(node)) return end
  return lastEntry(node)?.end ?? end
}

/** Whether a value is written in brackets or braces. */
export function isFlow(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.srcToken?.type === 'flow-collection'
}

/** Whether brackets or braces hold a comment that stands by itself. */
export function hasCommentInside(collection: Collection): boolean {
  const items = isFlow(collection) ? (collection.srcToken as CST.FlowCollection).items : []
  return items.some((item) => !isEntry(item) && item.start.some(({ type }) => type === 'comment'))
}

/** Whether a value is written as indented lines. */
export function isBlock(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.srcToken !== undefined && !isFlow(node)
}

export function isProperty({ type }: Token): boolean {
  return type === 'anchor' || type === 'tag'
}

/** Neither blank, comment nor comma. */
function isSolid({ type }: Token): boolean {
  return type !== 'space' && type !== 'newline' && type !== 'comment' && type !== 'comma'
}

export function endOfToken({ offset, source }: Token): number {
  return offset + source.length
}
