/** Which page a path means. */
export type Route =
  | { readonly page: 'traces' }
  | { readonly page: 'trace'; readonly cid: string; readonly spanId: number | undefined }
  | { readonly page: 'connections' | 'channels' | 'services' | 'logs' | 'project' | 'help' | 'unknown' }
  | { readonly page: 'new-connection' | 'new-channel' }
  | { readonly page: 'connection' | 'channel' | 'service'; readonly name: string }

const detailOf = { connections: 'connection', channels: 'channel', services: 'service' } as const
const newOf = { connections: 'new-connection', channels: 'new-channel' } as const

/**
 * @example routeOf('/connections/Orders%20API') // { page: 'connection', name: 'Orders API' }
 */
export function routeOf(path: string): Route {
  const [first = '', second, third, ...rest] = path.split('/').slice(1).map(decoded)
  if (rest.length > 0) return { page: 'unknown' }
  if (first === '' && second === undefined) return { page: 'traces' }
  if (first === 'traces') return traceRoute(second, third)
  const isLeaf = third === undefined || (third === 'try' && first !== 'services')
  if (first === 'connections' || first === 'channels' || first === 'services') {
    if (second === undefined || second === '') return { page: first }
    if (second === 'new' && first !== 'services') return { page: newOf[first] }
    return isLeaf ? { page: detailOf[first], name: second } : { page: 'unknown' }
  }
  if (second === undefined && (first === 'logs' || first === 'project' || first === 'help')) return { page: first }
  return { page: 'unknown' }
}

function traceRoute(cid: string | undefined, span: string | undefined): Route {
  if (cid === undefined || cid === '') return { page: 'traces' }
  if (span !== undefined && !/^\d+$/.test(span)) return { page: 'unknown' }
  return { page: 'trace', cid, spanId: span === undefined ? undefined : Number(span) }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
