import type { Redactor } from '../../redact.js'
import type { DetailBudget } from '../../trace/budget.js'
import type { TraceStart } from '../../trace/live-trace.js'
import type { SourceRecord, TraceSummary } from '../../trace/record.js'
import type { Recording } from './recording.js'

/** What recording needs to know of what is served. */
export interface CaptureContext {
  /** Folder of the project. */
  readonly root: string
  readonly redactor: Redactor
  /** Where the class of a service is. */
  readonly sourceOf: (service: string) => SourceRecord | undefined
}

/** What is known of a request before it comes: it was sent from here. */
export type Expected = Pick<TraceSummary, 'source'> & Partial<Pick<TraceSummary, 'replayOf'>>

/** What the recording of one invocation needs of who keeps it. */
export interface RecordingHost {
  readonly budget: DetailBudget
  readonly context: CaptureContext
  /** What was said of a request before it came. */
  expectedOf(cid: string): Expected | undefined
  begin(start: TraceStart): Recording
  /** Nothing more is told of it. */
  ended(recording: Recording): void
}
