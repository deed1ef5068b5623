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
  if (text.includes('#')) return undefined
  if (text.startsWith('/')) return splitQuery(text)
  return text === '*' ? { path: '*', query: '' } : absolute(text)
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
