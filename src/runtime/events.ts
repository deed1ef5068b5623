import type { RequestEvent } from '../channel/listener.js'
import type { ErrorCode } from '../errors.js'
import type { Problem } from '../project/problem.js'
import type { CallEvent } from '../trace/events.js'
import type { HealthEvent } from './health/health-event.js'
import type { Place } from './load-problem.js'

/** Why a generation ended by itself, or had to be ended. */
export interface Death {
  readonly code: ErrorCode
  /** One line, such as `exited with code 1` or `ran out of memory (server.max_memory is 512 MB)`. */
  readonly reason: string
  /** What did it, as far as that is known, as the end of a sentence; empty if nothing is. */
  readonly account: string
  /** The request whose service did it; its caller got 500, or 504. */
  readonly culprit?:
    { readonly cid: string; readonly service: string; readonly channel?: string | undefined } | undefined
  /** In the source of the services. */
  readonly place?: Place | undefined
  readonly hint?: string | undefined
  /** Other requests that it was answering; each got 503. */
  readonly requests: readonly { readonly cid: string; readonly service: string }[]
}

/** What a running server tells whoever shows it. Plain data, redacted. */
export type ServerEvent =
  | ({ readonly type: 'request' } & RequestEvent)
  | CallEvent
  /** The listener is open and what could be served is served. `ms` counts from `startServer`. */
  | {
      readonly type: 'ready'
      readonly url: string
      readonly routes: number
      readonly services: number
      readonly ms: number
    }
  /** A change is being loaded. Not sent for a change that alters nothing. */
  | { readonly type: 'reloading'; readonly files: readonly string[] }
  /** New requests are answered by the new generation. `ms` counts from the moment the change was noticed. */
  | { readonly type: 'reloaded'; readonly files: readonly string[]; readonly ms: number }
  /** All that is wrong now, whenever that changes. While one has scope `project`, the last good generation serves. */
  | { readonly type: 'problems'; readonly problems: readonly Problem[] }
  /** What is on disk is served again. */
  | { readonly type: 'recovered' }
  /** The address of the listener changed, because server.host or server.port did. */
  | { readonly type: 'moved'; readonly url: string }
  | ({ readonly type: 'died' } & Death)
  /** A health check has been made. */
  | ({ readonly type: 'health' } & HealthEvent)
