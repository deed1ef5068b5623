import type { Address } from './address.js'
import { performCall } from './call.js'
import type { CallOptions } from './call-types.js'
import type { Caller } from './caller.js'
import { merge } from './declared/merge.js'
import type { Endpoint } from './endpoint.js'
import type { PeerCertificate } from './peer-certificate.js'
import type { Row } from '../project/fields.js'
import { placeholdersOf } from '../project/path.js'
import type { RestResponse } from './response.js'

export type { PeerCertificate } from './peer-certificate.js'

/** Which address was asked. */
export type PingTarget = 'ping_path' | 'url_path' | 'samples' | 'host root'

export interface Ping {
  /** The API is there whatever the status. */
  readonly response: RestResponse
  readonly target: PingTarget
  /** What was asked with: `ping_method`, or GET where the API does not serve a HEAD. */
  readonly method: string
  /** What the API has shown of itself; undefined without TLS. */
  readonly certificate: PeerCertificate | undefined
}

export type PingOptions = Pick<CallOptions, 'timeout' | 'signal'>

/** What a server answers to a method that it does not serve. */
const unservedMethod: ReadonlySet<number> = new Set([405, 501])

/**
 * Asks whether the API is there, at the address that comes closest to what is called: once, whatever its retries, and
 * again with GET if it says that it serves no HEAD.
 */
export async function ping(
  endpoint: Endpoint,
  caller: Caller,
  { cid, options }: { cid: string; options: PingOptions },
): Promise<Ping> {
  const { definition } = endpoint
  const facts = { connection: endpoint.name, cid }
  const { target, path, params: filled } = pingAddress(definition)
  const { params, headers } = withDeclared(definition, filled)
  const address: Address | undefined = path === undefined ? undefined : endpoint.addressOf(path, facts)
  const ask = (method: string) =>
    performCall(endpoint, caller, {
      method: 'request',
      cid,
      options: {
        ...options,
        retries: 0,
        method,
        ...(params !== undefined && { params }),
        ...(headers !== undefined && { headers }),
      },
      ...(address && { address }),
    })
  const told = (response: RestResponse, method: string): Ping => {
    const certificate = endpoint.poolFor(endpoint.planFor(facts), facts).peerCertificate
    return { response, target, method, certificate }
  }
  const response = await ask(definition.pingMethod)
  if (definition.pingMethod !== 'HEAD' || !unservedMethod.has(response.statusCode)) {
    return told(response, definition.pingMethod)
  }
  return told(await ask('GET'), 'GET')
}

interface PingAddress {
  readonly target: PingTarget
  /** In place of `url_path`. */
  readonly path?: string
  readonly params?: Readonly<Record<string, string>>
}

function pingAddress({ pingPath, urlPath, samples }: Endpoint['definition']): PingAddress {
  if (pingPath !== undefined)
    return { target: 'ping_path', path: pingPath, params: pick(samples, placeholdersOf(pingPath)) }
  const placeholders = placeholdersOf(urlPath)
  if (placeholders.length === 0) return { target: 'url_path' }
  const hasAll = placeholders.every((name) => Object.hasOwn(samples, name))
  return hasAll ? { target: 'samples', params: pick(samples, placeholders) } : { target: 'host root', path: '' }
}

function pick(samples: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(samples).filter(([name]) => names.includes(name)))
}

/**
 * What goes with every call of the connection goes with a ping, such as a key in the query. Expressions are left out: their
 * input is the payload, and a ping has none.
 */
function withDeclared({ requestQueryString, requestHeaders }: Endpoint['definition'], params: unknown) {
  const texts = (rows: readonly Row[]) =>
    rows.filter(({ mode }) => mode === 'text').map(({ key, value }) => [key, value] as const)
  const parts = { query: texts(requestQueryString), path: [], headers: texts(requestHeaders) }
  return merge(parts, { cid: undefined, params })
}
