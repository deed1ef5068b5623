import { performCall } from './call.js'
import type { CallOptions } from './call-types.js'
import type { Caller } from './caller.js'
import type { Endpoint } from './endpoint.js'
import { placeholdersOf } from '../project/path.js'
import type { RestResponse } from './response.js'

/** Which address was asked. */
export type PingTarget = 'ping_path' | 'url_path' | 'samples' | 'host root'

export interface Ping {
  /** The API is there whatever the status. */
  readonly response: RestResponse
  readonly target: PingTarget
}

export type PingOptions = Pick<CallOptions, 'timeout' | 'signal'>

/** Asks whether the API is there, at the address that comes closest to what is called. */
export async function ping(
  endpoint: Endpoint,
  caller: Caller,
  { cid, options }: { cid: string; options: PingOptions },
): Promise<Ping> {
  const { definition } = endpoint
  const { target, path, params } = pingAddress(definition)
  const address = path === undefined ? undefined : endpoint.addressOf(path, { connection: endpoint.name, cid })
  const response = await performCall(endpoint, caller, {
    method: 'request',
    cid,
    options: { ...options, method: definition.pingMethod, ...(params && { params }) },
    ...(address && { address }),
  })
  return { response, target }
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
