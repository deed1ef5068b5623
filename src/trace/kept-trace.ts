import type { TraceSummary } from './record.js'

/** Who makes what is missing of the spans of a trace, before they are looked at while it runs. */
export interface TraceRecorder {
  beforeLook(): void
}

/** A trace in a store, or what one is made of when somebody looks. */
export interface KeptTrace {
  readonly id: number
  readonly cid: string
  readonly isDone: boolean
  /** About what it takes in memory. */
  readonly bytes: number
  readonly summary: TraceSummary
  /** Absent once it is over. */
  readonly recorder: TraceRecorder | undefined
  isPinned: boolean
  /** What of it the store has counted. */
  countedBytes: number
  /** Whether it has been told of as over. */
  isReported: boolean
}
