import type { Pair } from './rows.js'

/** A piece of the address that is shown while somebody types. */
export interface UrlPiece {
  readonly text: string
  readonly isMissing: boolean
}

/**
 * The address with what has been typed; what is missing stays as it stands in the template.
 *
 * @example urlPieces('https://a.example/c/{id}', { id: '1 2' }, []) // [{ text: 'https://a.example/c/1%202', … }]
 */
export function urlPieces(
  template: string,
  params: Readonly<Record<string, string>>,
  query: readonly Pair[],
): UrlPiece[] {
  const pieces = template.split(/(\{[^{}]+\})/).map((text, index): UrlPiece => {
    if (index % 2 === 0) return { text, isMissing: false }
    const value = params[text.slice(1, -1)] ?? ''
    return value === '' ? { text, isMissing: true } : { text: encodeURIComponent(value), isMissing: false }
  })
  const rows = query.filter(([name]) => name !== '')
  if (rows.length === 0) return pieces
  const text = rows.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
  return [...pieces, { text: (template.includes('?') ? '&' : '?') + text, isMissing: false }]
}
