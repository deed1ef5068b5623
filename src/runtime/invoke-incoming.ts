import type { Incoming } from '../exchange.js'
import { newCid } from '../trace/context.js'

interface Invoked {
  /** Name of the service. */
  readonly service: string
  readonly params?: Readonly<Record<string, string>> | undefined
  /** A new one unless given. */
  readonly cid?: string | undefined
}

/** A request that came through no channel. */
export function incomingOf({ service, params = {}, cid = newCid() }: Invoked): Incoming {
  return { cid, service, method: 'POST', path: '', params, query: {}, headers: {}, remoteAddress: '' }
}
