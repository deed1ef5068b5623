/** What stands between method and version in the first line of a request. */
export interface RequestTarget {
  /** As it was sent; `*` alone for the server as a whole. */
  readonly path: string
  /** Without the question mark; empty if there is none. */
  readonly query: string
  /** Host and port, if the whole URL was sent, as proxies are asked. */
  readonly authority?: string | undefined
}

/** Undefined if it is malformed. */
export function parseTarget(text: string): RequestTarget | undefined {
  const target = isAscii(text) ? text : utf8(text)
  if (target === undefined || target.includes('#')) return undefined
  if (target.startsWith('/')) return splitQuery(target)
  if (target === '*') return { path: '*', query: '' }
  return absolute(target)
}

function absolute(text: string): RequestTarget | undefined {
  const [, authority, rest = ''] = /^https?:\/\/([^/?]*)(.*)$/is.exec(text) ?? []
  if (authority === undefined) return undefined
  return { ...splitQuery(rest.startsWith('/') ? rest : `/${rest}`), authority }
}

function splitQuery(text: string): RequestTarget {
  const mark = text.indexOf('?')
  return mark === -1 ? { path: text, query: '' } : { path: text.slice(0, mark), query: text.slice(mark + 1) }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 126) return false
  }
  return true
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Node reads bytes as Latin-1; a client that does not escape sends UTF-8. */
function utf8(text: string): string | undefined {
  try {
    return decoder.decode(Buffer.from(text, 'latin1'))
  } catch {
    return undefined
  }
}
