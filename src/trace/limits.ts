/** What bounds the traces that are kept. */
export interface TraceLimits {
  /** `dev.max_traces` */
  readonly traces: number
  /** `dev.max_trace_memory` */
  readonly bytes: number
  /** Of one trace. */
  readonly spans: number
  /** Traces that stay whatever comes after them. */
  readonly pins: number
}

export const defaultLimits: TraceLimits = { traces: 1000, bytes: 64 * 1024 * 1024, spans: 500, pins: 50 }

/** What is kept of a body, in bytes. */
export const keptBodyBytes = 64 * 1024

/** What is kept of a message, a stack or a log line, in characters. */
export const keptTextLength = 16 * 1024
