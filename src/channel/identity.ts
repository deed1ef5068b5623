import { isWellFormedCid, newCid, parseTraceparent } from '../trace/context.js'
import type { HeaderValues } from './headers.js'

/** Under which ids a request is known. */
export interface Identity {
  readonly cid: string
  /** As the caller sent it; undefined if it is not valid. */
  readonly traceparent: string | undefined
}

/** The cid is the caller's own, if it is well-formed, else the trace id of its `traceparent`, else a new one. */
export function identify(headers: HeaderValues): Identity {
  const { 'x-zato-cid': own, traceparent: header } = headers
  const trace = header === undefined ? undefined : parseTraceparent(header)
  const cid = own !== undefined && isWellFormedCid(own) ? own : (trace?.traceId ?? newCid())
  return { cid, traceparent: trace && header }
}
