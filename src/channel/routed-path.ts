/**
 * A path in the two forms that routing needs. Both have the same length, so that what is found at an offset of one
 * stands at the same offset of the other.
 */
export interface RoutedPath {
  /** Decoded, with stand-ins for characters inside a segment that would mean something to the router. */
  readonly text: string
  /** Decoded: what placeholders hold. */
  readonly decoded: string
}

/** Lone surrogates cannot be in a decoded path, so nobody can send a stand-in. */
const standIns: Readonly<Record<string, string>> = {
  '/': '\uDC00',
  '%': '\uDC01',
  '*': '\uDC02',
  '?': '\uDC03',
  '#': '\uDC04',
}

/** Undefined if an escape is malformed or no UTF-8, or a segment is `.` or `..` in any spelling. */
export function readPath(raw: string): RoutedPath | undefined {
  if (!raw.includes('%') && !raw.includes('*')) {
    return raw.includes('/.') && hasDotSegment(raw) ? undefined : { text: raw, decoded: raw }
  }
  const segments = raw.split('/').map(decode)
  if (segments.some((segment) => segment === undefined || segment === '.' || segment === '..')) return undefined
  return { text: segments.map((segment) => routedText(segment ?? '')).join('/'), decoded: segments.join('/') }
}

/** The text of one segment, or a part of one, as it stands in `RoutedPath.text`. */
export function routedText(decoded: string): string {
  return decoded.replace(/[/%*?#]/g, (character) => standIns[character] ?? character)
}

/** Whether `.` or `..` is a segment of it. */
export function hasDotSegment(path: string): boolean {
  return /(^|\/)\.\.?(\/|$)/.test(path)
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
