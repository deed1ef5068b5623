import type { Incoming } from '../exchange.js'
import { newCid } from '../trace/context.js'

export interface DirectRequest {
  /** Name of the service. */
  readonly service: string
  /** What the service finds in `request.http.params`, and with the payload in `request.input`. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** A new one unless given. */
  readonly cid?: string | undefined
}

/** A request that came through no channel. */
export function directRequest({ service, params = {}, cid = newCid() }: DirectRequest): Incoming {
  return { cid, service, method: 'POST', path: '', params, query: {}, headers: {}, remoteAddress: '' }
}
