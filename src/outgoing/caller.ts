import type { CancelSignal } from '../cancellation.js'

/** On whose behalf calls are made: one request of a channel, one `invoke`, one command. */
export interface Caller {
  /** Aborted when the caller goes away: its calls end then. */
  readonly signal?: CancelSignal | undefined
  /** The `traceparent` that the caller sent, if it is valid. */
  readonly traceparent?: string | undefined
}
