import type { Redactor } from '../../redact.js'
import type { DetailBudget } from '../../trace/budget.js'
import type { LiveTrace, TraceStart } from '../../trace/live-trace.js'
import type { SourceRecord, TraceSummary } from '../../trace/record.js'
import type { TraceStore } from '../../trace/store.js'
import type { Listed } from '../../unordered-list.js'
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

/** What is told of an invocation goes to its recording, which may have to be made for it. */
export interface Recorded extends Listed {
  /** Of its trace. */
  readonly id: number
  readonly cid: string
  readonly recording: Recording
}

/** What the recording of one invocation needs of who keeps it. */
export interface RecordingHost {
  readonly store: TraceStore
  readonly budget: DetailBudget
  readonly context: CaptureContext
  /** What was said of a request before it came. */
  expectedOf(cid: string): Expected | undefined
  begin(start: TraceStart): Recording
  /** Records what began before, at `startedAt` by `performance.now()`. */
  resume(live: LiveTrace, startedAt: number): Recording
  /** Nothing more is told of it. */
  ended(recorded: Recorded): void
}
