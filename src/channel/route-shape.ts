import { type PathPart, parsePath } from '../project/path.js'
import { type RoutedPath, routedText } from './routed-path.js'

/**
 * One segment of a template. A part, `{a}-{b}.json`, holds its placeholders between literals: one more than there are
 * placeholders, the first and the last maybe empty.
 */
type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'part' | 'rest'; readonly literals: readonly string[]; readonly names: readonly string[] }

type Pattern = Exclude<Segment, { kind: 'literal' }>

/** What a template matches, without its names: two that match the same paths have the same key. */
export interface RouteShape {
  readonly segments: readonly Segment[]
  readonly key: string
  readonly names: readonly string[]
}

/** Takes a channel's `url_path` apart. With `matchSlash` the placeholder that ends it takes the rest of the path. */
export function routeShape(urlPath: string, matchSlash: boolean): RouteShape {
  const segments = splitSegments(parsePath(urlPath).parts).map(toSegment)
  const last = segments.at(-1)
  if (matchSlash && last && last.kind !== 'literal' && last.literals.at(-1) === '') {
    segments[segments.length - 1] = { ...last, kind: 'rest' }
  }
  return {
    segments,
    key: segments.map(segmentKey).join('/'),
    names: segments.flatMap((segment) => (segment.kind === 'literal' ? [] : segment.names)),
  }
}

/**
 * What the placeholders hold, in the order of `shape.names`; undefined if the path does not match. That the literal
 * segments and the number of segments match, the router has seen already.
 */
export function readPlaceholders(shape: RouteShape, path: RoutedPath): string[] | undefined {
  const values: string[] = []
  let start = 1
  for (const segment of shape.segments) {
    const slash = path.text.indexOf('/', start)
    const end = slash === -1 ? path.text.length : slash
    if (segment.kind !== 'literal' && !readSegment(segment, { path, start, end, values })) return undefined
    start = end + 1
  }
  return values
}

/** Whether `a` is tried before `b`: negative if so. Only for shapes whose literal segments are the same. */
export function compareParts(a: RouteShape, b: RouteShape): number {
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index]
    if (segment.kind === 'literal' || !other || other.kind === 'literal') continue
    const order = comparePatterns(segment, other)
    if (order !== 0) return order
  }
  return 0
}

/** The order in which routes are tried, as far as it does not depend on the path. */
export function compareShapes(a: RouteShape, b: RouteShape): number {
  const ranks = { literal: 0, part: 1, rest: 2 }
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const [left, right] = [a.segments[i], b.segments[i]]
    if (!left || !right) return left ? 1 : -1
    if (left.kind !== right.kind) return ranks[left.kind] - ranks[right.kind]
    if (left.kind === 'literal' && right.kind === 'literal' && left.text !== right.text) {
      return left.text < right.text ? -1 : 1
    }
  }
  return compareParts(a, b)
}

/** More literal text is more specific; the rest only makes the order a fixed one. */
function comparePatterns(a: Pattern, b: Pattern): number {
  const literal = (pattern: Pattern) => pattern.literals.reduce((sum, text) => sum + text.length, 0)
  const first = (pattern: Pattern) => pattern.literals[0]?.length ?? 0
  const order = literal(b) - literal(a) || first(b) - first(a)
  if (order !== 0) return order
  const [left, right] = [segmentKey(a), segmentKey(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

interface Reading {
  readonly path: RoutedPath
  readonly start: number
  readonly end: number
  readonly values: string[]
}

/** Each placeholder takes the least that it can, the last one what is left: no backtracking, so no path is slow. */
function readSegment({ kind, literals, names }: Pattern, { path, start, end, values }: Reading): boolean {
  const { text, decoded } = path
  const [prefix = ''] = literals
  const suffix = literals.at(-1) ?? ''
  if (!text.startsWith(prefix, start)) return false
  let from = start + prefix.length
  for (let i = 1; i < names.length; i++) {
    const literal = literals[i] ?? ''
    const to = text.indexOf(literal, from + 1)
    if (to === -1 || to + literal.length > end) return false
    values.push(decoded.slice(from, to))
    from = to + literal.length
  }
  const to = (kind === 'rest' ? text.length : end) - suffix.length
  if (from >= to || from >= end || !text.startsWith(suffix, to)) return false
  const value = decoded.slice(from, to)
  // Decoded, `..%2F` has become a step up that whoever joins the rest to a folder would take.
  if (kind === 'rest' && value.includes('.') && hasStep(value)) return false
  values.push(value)
  return true
}

function hasStep(rest: string): boolean {
  return rest.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')
}

/** Literal parts may hold slashes, placeholders never do. */
function splitSegments(parts: readonly PathPart[]): PathPart[][] {
  const segments: PathPart[][] = [[]]
  for (const part of parts) {
    if (part.kind === 'placeholder') {
      segments.at(-1)?.push(part)
      continue
    }
    const [first = '', ...others] = part.text.split('/')
    if (first !== '') segments.at(-1)?.push({ kind: 'literal', text: first })
    for (const text of others) segments.push(text === '' ? [] : [{ kind: 'literal', text }])
  }
  // Before the first slash there is nothing.
  return segments.slice(1)
}

function toSegment(parts: readonly PathPart[]): Segment {
  const names = parts.flatMap((part) => (part.kind === 'placeholder' ? [part.name] : []))
  const literals: string[] = []
  let literal = ''
  for (const part of parts) {
    if (part.kind === 'placeholder') {
      literals.push(literal)
      literal = ''
    } else {
      literal += literalText(part.text)
    }
  }
  literals.push(literal)
  return names.length === 0 ? { kind: 'literal', text: literal } : { kind: 'part', literals, names }
}

/** A template may be written with escapes, too. */
function literalText(text: string): string {
  try {
    return routedText(decodeURIComponent(text))
  } catch {
    return routedText(text)
  }
}

function segmentKey(segment: Segment): string {
  if (segment.kind === 'literal') return segment.text
  return segment.literals.join('{}') + (segment.kind === 'rest' ? '*' : '')
}
