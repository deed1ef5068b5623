import type { Incoming, IncomingTrace, Outcome } from '../exchange.js'
import type { RequestEvent } from './exchange-event.js'
import type { Head } from './reply-head.js'

/** Who records what comes through the listener. */
export interface ExchangeTracer {
  begin(request: TracedRequest): ExchangeTrace | undefined
}

export interface TracedRequest {
  readonly cid: string
  readonly method: string
  /** As it came, with its query. */
  readonly target: string
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[]
}

/** What the trace of one exchange is told. Nothing of it throws. */
export interface ExchangeTrace {
  /** Goes with the request to its service. */
  readonly tag: IncomingTrace
  /** The service has been called. */
  dispatched(incoming: Incoming, body: Uint8Array): void
  /** The service has answered, or failed to. */
  answered(outcome: Outcome): void
  /** Nothing more will happen. */
  end(event: RequestEvent, sent: SentReply): void
}

/** What was written; nothing before the reply was begun. */
export interface SentReply {
  readonly head: Head
  /** Undefined for one that was streamed. */
  readonly body: Uint8Array | string | undefined
}
