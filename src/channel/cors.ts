import { type Origins, allowsOrigin, allowsSome } from './origins.js'

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const varyOnly: readonly string[] = ['Vary', 'Origin']
const nothing: readonly string[] = []

/** The headers, names and values in turn, that let a page read the reply. */
export function corsHeaders(origins: Origins, origin: string | undefined): readonly string[] {
  if (origin !== undefined && allowsOrigin(origins, origin)) {
    return ['Vary', 'Origin', 'Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', '*']
  }
  return allowsSome(origins) ? varyOnly : nothing
}

interface PreflightRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

/** The headers that answer a preflight of an allowed origin; undefined if this is none. */
export function preflightHeaders({ method, headers }: PreflightRequest, origins: Origins): string[] | undefined {
  const { origin } = headers
  if (method !== 'OPTIONS' || origin === undefined) return undefined
  if (headers['access-control-request-method'] === undefined || !allowsOrigin(origins, origin)) return undefined
  const asked = headers['access-control-request-headers']
  const isPrivate = headers['access-control-request-private-network'] === 'true'
  return [
    ...['Access-Control-Allow-Methods', methods],
    ...(asked === undefined ? [] : ['Access-Control-Allow-Headers', asked]),
    ...(isPrivate ? ['Access-Control-Allow-Private-Network', 'true'] : []),
    ...['Access-Control-Max-Age', '600'],
  ]
}
