import type { CancelSignal } from '../cancellation.js'
import type { Recorder } from '../trace/recorder.js'

/** On whose behalf calls are made: one request of a channel, one `invoke`, one command. */
export interface Caller {
  /** Aborted when the caller goes away: its calls end then. */
  readonly signal?: CancelSignal | undefined
  /** The `traceparent` that the caller sent, if it is valid. */
  readonly traceparent?: string | undefined
  /** Where the spans of its calls are told of, if somebody looks. */
  readonly recorder?: Recorder | undefined
}
