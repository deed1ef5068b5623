import {
  type Alias,
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
  readonly #entries = new Map<YAMLMap, readonly Entry[]>()
  #links: Links | undefined

  constructor(document: Document.Parsed) {
    this.#document = document
  }

  /** The node behind an alias. */
  resolve(node: unknown): Node | null {
    const found = isNode(node) ? node : null
    return found && isAlias(found) ? this.#target(found) : found
  }

  /** Keys and values of a mapping; what `<<` merges in comes after, unless the mapping has it itself. */
  entries(map: YAMLMap): readonly Entry[] {
    const known = this.#entries.get(map)
    if (known) return known
    const entries = this.#entriesOf(map)
    this.#entries.set(map, entries)
    return entries
  }

  #entriesOf(map: YAMLMap): Entry[] {
    const own: Entry[] = []
    const merged: Entry[] = []
    for (const pair of map.items) {
      const key = keyText(this.resolve(pair.key))
      if (key === '<<') merged.push(...this.#merged(pair))
      else
        own.push({
          key,
          keyRange: rangeOf(pair.key),
          value: this.resolve(pair.value),
          range: rangeOf(pair.value, pair.key),
        })
    }
    if (merged.length === 0) return own
    const names = new Set(own.map(({ key }) => key))
    return [...own, ...merged.filter(({ key }) => !names.has(key) && names.add(key))]
  }

  /** What stands behind `<<` and is no mapping, so that nothing can be merged of it. */
  unmergeable(): Range[] {
    const wrong = this.#linked().merges.filter((pair) => this.#sourcesOf(pair).some((source) => !isMap(source)))
    return wrong.map(({ key, value }) => rangeOf(value, key))
  }

  /** The offending alias if the file expands without end or beyond measure. */
  findBomb(): Range | undefined {
    if (this.#linked().targets.size === 0) return undefined
    const { contents } = this.#document
    let budget = nodeBudget
    let lastAlias: Range = { start: 0, end: 1 }
    const path = new Set<unknown>()
    const expand = (node: unknown, expanded: boolean): boolean => {
      if (expanded && --budget < 0) return true
      if (isAlias(node)) {
        lastAlias = rangeOf(node)
        return expand(this.#target(node), true)
      }
      if (isPair(node)) return expand(node.key, expanded) || expand(node.value, expanded)
      if (!isMap(node) && !isSeq(node)) return false
      if (path.has(node)) return true
      path.add(node)
      const isBomb = (node.items as unknown[]).some((item) => expand(item, expanded))
      path.delete(node)
      return isBomb
    }
    return expand(contents, false) ? lastAlias : undefined
  }

  /** Aliases of anchors that do not stand before them. */
  unknownAliases(): Alias[] {
    return [...this.#linked().targets].flatMap(([alias, target]) => (target === null ? [alias] : []))
  }

  #target(alias: Alias): Node | null {
    return this.#linked().targets.get(alias) ?? null
  }

  #linked(): Links {
    return (this.#links ??= linksOf(this.#document.contents))
  }

  #merged(pair: Pair): Entry[] {
    return this.#sourcesOf(pair).flatMap((map) => (isMap(map) ? this.entries(map) : []))
  }

  #sourcesOf(pair: Pair): (Node | null)[] {
    const source = this.resolve(pair.value)
    return isSeq(source) ? source.items.map((item) => this.resolve(item)) : [source]
  }
}

interface Links {
  /** What each alias stands for; null if no anchor before it has its name. */
  readonly targets: ReadonlyMap<Alias, Node | null>
  /** The pairs whose key is `<<`. */
  readonly merges: readonly Pair[]
}

/** Found in one go: the library's own look-up walks the document once for each alias. */
function linksOf(contents: unknown): Links {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node | null>()
  const merges: Pair[] = []
  const walk = (node: unknown): void => {
    if (isAlias(node)) targets.set(node, anchors.get(node.source) ?? null)
    else if (isNode(node) && node.anchor !== undefined) anchors.set(node.anchor, node)
    if (isSeq(node)) node.items.forEach(walk)
    else if (isMap(node)) node.items.forEach(walkPair)
    else if (isPair(node)) walkPair(node)
  }
  const walkPair = (pair: Pair): void => {
    walk(pair.key)
    walk(pair.value)
    const key = isAlias(pair.key) ? targets.get(pair.key) : pair.key
    if (isScalar(key) && keyText(key) === '<<') merges.push(pair)
  }
  walk(contents)
  return { targets, merges }
}

function keyText(key: Node | null): string {
  return isScalar(key) ? String(key.source ?? key.value) : ''
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
