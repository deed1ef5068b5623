import {
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
} from 'yaml'
import type { Range } from './source.js'

/** Reading the syntax tree: aliases followed, merge keys flattened, every value with its place. */

export interface Entry {
  readonly key: string
  readonly keyRange: Range
  readonly value: Node | null
  readonly range: Range
}

/** Aliases that stand for more nodes than this in all are a bomb, not a file. */
const nodeBudget = 100_000

export class Nodes {
  readonly #document: Document.Parsed

  constructor(document: Document.Parsed) {
    this.#document = document
  }

  /** The node behind an alias. */
  resolve(node: unknown): Node | null {
    let found = isNode(node) ? node : null
    for (let hops = 0; found && isAlias(found) && hops < 100; hops++) found = found.resolve(this.#document) ?? null
    return found && isAlias(found) ? null : found
  }

  /** Keys and values of a mapping; what `<<` merges in comes after, unless the mapping has it itself. */
  entries(map: YAMLMap): Entry[] {
    const own: Entry[] = []
    const merged: Entry[] = []
    for (const pair of map.items) {
      const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : ''
      if (key === '<<') merged.push(...this.#merged(pair))
      else
        own.push({
          key,
          keyRange: rangeOf(pair.key),
          value: this.resolve(pair.value),
          range: rangeOf(pair.value, pair.key),
        })
    }
    const names = new Set(own.map(({ key }) => key))
    return [...own, ...merged.filter(({ key }) => !names.has(key) && names.add(key))]
  }

  /** The offending alias if the file expands without end or beyond measure. */
  findBomb(): Range | undefined {
    const { contents } = this.#document
    let budget = nodeBudget
    let lastAlias: Range = { start: 0, end: 1 }
    const path = new Set<unknown>()
    const visit = (node: unknown, expanded: boolean): boolean => {
      if (expanded && --budget < 0) return true
      if (isAlias(node)) {
        lastAlias = rangeOf(node)
        return visit(node.resolve(this.#document), true)
      }
      if (isPair(node)) return visit(node.key, expanded) || visit(node.value, expanded)
      if (!isMap(node) && !isSeq(node)) return false
      if (path.has(node)) return true
      path.add(node)
      const isBomb = (node.items as unknown[]).some((item) => visit(item, expanded))
      path.delete(node)
      return isBomb
    }
    return visit(contents, false) ? lastAlias : undefined
  }

  #merged(pair: Pair): Entry[] {
    const source = this.resolve(pair.value)
    const maps = isSeq(source) ? source.items.map((item) => this.resolve(item)) : [source]
    return maps.flatMap((map) => (isMap(map) ? this.entries(map) : []))
  }
}

/** Where a node stands; that of `otherwise`, if it stands nowhere. */
export function rangeOf(node: unknown, otherwise?: unknown): Range {
  const range = isNode(node) ? node.range : undefined
  if (range && range[1] > range[0]) return { start: range[0], end: range[1] }
  if (otherwise !== undefined) return rangeOf(otherwise)
  return range ? { start: range[0], end: range[0] + 1 } : { start: 0, end: 1 }
}

/** The value of a node as JSON would have it. Call it only on files without bombs. */
export function plainOf(nodes: Nodes, node: Node | null): unknown {
  const found = nodes.resolve(node)
  if (isScalar(found)) return found.value
  if (isSeq(found)) return found.items.map((item) => plainOf(nodes, item as Node))
  if (isMap(found))
    return Object.fromEntries(nodes.entries(found).map(({ key, value }) => [key, plainOf(nodes, value)]))
  return null
}

/** Whether nothing stands behind a key. */
export function isEmptyNode(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null)
}
