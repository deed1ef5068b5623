import type { ExchangeTracer } from '../../channel/exchange-trace.js'
import type { LogEntry } from '../../log.js'
import { DetailBudget } from '../../trace/budget.js'
import type { CallEvent } from '../../trace/events.js'
import { keptTextLength } from '../../trace/limits.js'
import type { TraceStart } from '../../trace/live-trace.js'
import type { ErrorRecord } from '../../trace/record.js'
import type { SpanReport } from '../../trace/recorder.js'
import type { TraceStore } from '../../trace/store.js'
import { withSource } from '../error-source.js'
import type { CaptureContext, Expected, RecordingHost } from './context.js'
import { ExchangeRecording } from './exchange-recording.js'
import { Recording } from './recording.js'

/** Makes traces of what the parts of a server tell. */
export class Capture implements RecordingHost {
  readonly store: TraceStore
  readonly budget = new DetailBudget()
  readonly #context: () => CaptureContext
  /** The last one that began. */
  readonly #byCid = new Map<string, Recording>()
  readonly #expected = new Map<string, { readonly expected: Expected; readonly onBegin: (id: number) => void }>()

  /** @param context asked anew each time: what is served may change */
  constructor(store: TraceStore, context: () => CaptureContext) {
    this.store = store
    this.#context = context
  }

  get context(): CaptureContext {
    return this.#context()
  }

  /** For the listener. */
  readonly tracer: ExchangeTracer = {
    begin: (request) => (this.store.size.limit === 0 ? undefined : new ExchangeRecording(this, request)),
  }

  /** A request with this cid is about to be sent from here. `onBegin` gets the id of its trace. */
  expect(cid: string, expected: Expected, onBegin: (id: number) => void): void {
    this.#expected.set(cid, { expected, onBegin })
  }

  expectedOf(cid: string): Expected | undefined {
    if (this.#expected.size === 0) return undefined
    return this.#expected.get(cid)?.expected
  }

  begin(start: TraceStart): Recording {
    const recording = new Recording(this.store.begin(start), this.#locate)
    this.#byCid.set(start.cid, recording)
    this.#tellExpected(start.cid, recording.live.id)
    return recording
  }

  ended({ live }: Recording): void {
    if (this.#byCid.get(live.start.cid)?.live === live) this.#byCid.delete(live.start.cid)
  }

  /** What the process of the services tells. */
  readonly onSpans = ({ trace, events }: SpanReport): void => {
    const recording = this.#running(trace)
    if (recording) for (const event of events) recording.receive(event)
  }

  /** A call of a request that is not recorded in full. */
  onCall(event: CallEvent): void {
    if (event.trace !== undefined) this.#running(event.trace)?.brief(event)
  }

  /** A log line, redacted. */
  onLog({ cid, service, level, message, fields }: LogEntry): void {
    const recording = cid === undefined ? undefined : this.#byCid.get(cid)
    if (!recording) return
    const details = fields && Object.keys(fields).length > 0 && JSON.stringify(fields, undefined, 2)
    recording.log(service, {
      level,
      message: message.slice(0, keptTextLength),
      ...(typeof details === 'string' && { details: details.slice(0, keptTextLength) }),
    })
  }

  #running(trace: number): Recording | undefined {
    const recorder = this.store.running(trace)
    return recorder instanceof Recording ? recorder : undefined
  }

  #tellExpected(cid: string, id: number): void {
    if (this.#expected.size === 0) return
    this.#expected.get(cid)?.onBegin(id)
    this.#expected.delete(cid)
  }

  readonly #locate = (error: ErrorRecord): ErrorRecord => withSource(error, this.context)
}
