import createFindMyWay from 'find-my-way'
import { createDictionary } from './dictionary.js'
import { type RouteShape, compareParts, readPlaceholders, routeShape } from './route-shape.js'
import type { RoutedPath } from './routed-path.js'

export interface Route<T> {
  readonly urlPath: string
  /** Whether the placeholder that ends the path takes the rest of it. */
  readonly matchSlash: boolean
  /** Any, if undefined. */
  readonly method: string | undefined
  /** An inactive route is matched, but the methods of a path are told without it. */
  readonly isActive: boolean
  readonly value: T
}

export type Params = Readonly<Record<string, string>>

/** What answers a request; else the methods that the path has, for `Allow`; else undefined: no route has the path. */
export type RouteMatch<T> =
  | { readonly route: Route<T>; readonly params: Params; readonly allow?: undefined }
  | { readonly route?: undefined; readonly allow: string }

const noParams: Params = Object.freeze(createDictionary<string>())

/**
 * Finds the most specific route that has both path and method. Segment by segment from the left a literal goes before a
 * placeholder, and that before one that takes the rest; among paths alike in that, more literal text in a segment
 * (`{id}.json`) goes first; then a route that names the method goes before one for any.
 *
 * The tree of find-my-way knows whole segments. What it cannot tell apart, parts of segments, and what it does not know,
 * that a placeholder is never empty, is decided at its leaves: a leaf that declines makes it go on to the next best.
 */
export class Router<T> {
  readonly #tree = createFindMyWay({
    maxParamLength: Number.MAX_SAFE_INTEGER,
    querystringParser: () => undefined,
    constraints: { search: leafConstraint() },
  })
  readonly #search = new Search<T>()
  readonly #derived = { search: this.#search }

  constructor(routes: readonly Route<T>[]) {
    const leaves = new Map<string, Leaf<T>>()
    for (const route of routes) {
      // What does not start with a slash is a problem of the file, and no path.
      if (!route.urlPath.startsWith('/')) continue
      const shape = routeShape(route.urlPath, route.matchSlash)
      const path = treePath(shape)
      let leaf = leaves.get(path)
      if (!leaf) leaves.set(path, (leaf = new Leaf()))
      leaf.add(shape, route)
    }
    for (const [path, leaf] of leaves) {
      leaf.sort()
      this.#tree.on('GET', path, { constraints: { search: leaf } }, unused)
    }
  }

  find(method: string, path: RoutedPath): RouteMatch<T> | undefined {
    const search = this.#search
    search.begin(method, path)
    // One tree for all methods: which of them a path has, its leaf knows.
    this.#tree.find('GET', path.text, this.#derived)
    return search.end()
  }
}

const unused = () => undefined

/** One search at a time: it is over before anything else runs. */
class Search<T> {
  method = ''
  path: RoutedPath = { text: '', decoded: '' }
  found: RouteMatch<T> | undefined
  /** Branches that have the path, but not the method. */
  others: Branch<T>[] = []

  begin(method: string, path: RoutedPath): void {
    this.method = method
    this.path = path
    this.found = undefined
  }

  end(): RouteMatch<T> | undefined {
    if (this.others.length === 0) return this.found
    const methods = new Set(this.others.flatMap((branch) => branch.activeMethods()))
    this.others = []
    if (this.found || methods.size === 0) return this.found
    return { allow: [...methods.add('OPTIONS')].sort().join(', ') }
  }
}

/** Routes that differ in nothing but the names of their placeholders and their methods. */
class Branch<T> {
  readonly shape: RouteShape
  readonly #methods = new Map<string, { readonly route: Route<T>; readonly names: readonly string[] }>()

  constructor(shape: RouteShape) {
    this.shape = shape
  }

  add(route: Route<T>, names: readonly string[]): void {
    const method = route.method ?? ''
    if (!this.#methods.has(method)) this.#methods.set(method, { route, names })
  }

  accept(search: Search<T>): boolean {
    const values = readPlaceholders(this.shape, search.path)
    if (values === undefined) return false
    const { method } = search
    const own = this.#methods.get(method) ?? (method === 'HEAD' ? this.#methods.get('GET') : undefined)
    const entry = own ?? this.#methods.get('')
    if (entry) search.found = { route: entry.route, params: toParams(entry.names, values) }
    else search.others.push(this)
    return entry !== undefined
  }

  activeMethods(): string[] {
    const methods = [...this.#methods].filter(([, { route }]) => route.isActive).map(([method]) => method)
    return methods.includes('GET') ? [...methods, 'HEAD'] : methods
  }
}

/** Branches that find-my-way cannot tell apart. */
class Leaf<T> {
  readonly #branches = new Map<string, Branch<T>>()
  #sorted: readonly Branch<T>[] = []

  add(shape: RouteShape, route: Route<T>): void {
    let branch = this.#branches.get(shape.key)
    if (!branch) this.#branches.set(shape.key, (branch = new Branch(shape)))
    branch.add(route, shape.names)
  }

  sort(): void {
    this.#sorted = [...this.#branches.values()].sort((a, b) => compareParts(a.shape, b.shape))
  }

  accept(search: Search<T>): boolean {
    for (const branch of this.#sorted) {
      if (branch.accept(search)) return true
    }
    return false
  }
}

/**
 * A constraint of find-my-way: a leaf matches a request only if this store knows the value derived from the request, here
 * the search. The store belongs to one leaf, and its answer is a bit mask of handlers, of which there is one.
 */
function leafConstraint() {
  return {
    name: 'search',
    storage() {
      let leaf: Leaf<unknown> | undefined
      let handlers: unknown
      return {
        get: (value: unknown) =>
          (value instanceof Search && leaf?.accept(value as Search<unknown>) ? handlers : null) as never,
        set(value: unknown, mask: unknown) {
          leaf = value as Leaf<unknown>
          handlers = mask
        },
      }
    },
    deriveConstraint: () => '',
  }
}

/** The path as find-my-way writes it: placeholders under generated names, colons doubled. */
function treePath({ segments }: RouteShape): string {
  const written = segments.map((segment, index) => {
    if (segment.kind === 'literal') return segment.text.replaceAll(':', '::')
    return segment.kind === 'rest' ? '*' : `:p${index}`
  })
  return `/${written.join('/')}`
}

function toParams(names: readonly string[], values: readonly string[]): Params {
  if (names.length === 0) return noParams
  const params = createDictionary<string>()
  for (let i = 0; i < names.length; i++) params[names[i] ?? ''] = values[i] ?? ''
  return params
}
