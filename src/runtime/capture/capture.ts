import type { ExchangeTracer } from '../../channel/exchange-trace.js'
import type { LogEntry } from '../../log.js'
import { DetailBudget } from '../../trace/budget.js'
import type { CallEvent } from '../../trace/events.js'
import { keptTextLength } from '../../trace/limits.js'
import type { LiveTrace, TraceStart } from '../../trace/live-trace.js'
import type { ErrorRecord } from '../../trace/record.js'
import type { SpanReport } from '../../trace/recorder.js'
import type { TraceStore } from '../../trace/store.js'
import { UnorderedList } from '../../unordered-list.js'
import { withSource } from '../error-source.js'
import { BriefExchange } from './brief-exchange.js'
import type { CaptureContext, Expected, Recorded, RecordingHost } from './context.js'
import { ExchangeRecording } from './exchange-recording.js'
import { OutlinePacker } from './outline-packer.js'
import { Recording } from './recording.js'

/** Makes traces of what the parts of a server tell. */
export class Capture implements RecordingHost {
  readonly store: TraceStore
  readonly budget = new DetailBudget()
  readonly #context: () => CaptureContext
  readonly #recorded = new UnorderedList<Recorded>()
  readonly #expected = new Map<string, { readonly expected: Expected; readonly onBegin: (id: number) => void }>()

  /** @param context asked anew each time: what is served may change */
  constructor(store: TraceStore, context: () => CaptureContext) {
    this.store = store
    this.#context = context
    store.packWith(new OutlinePacker(this))
  }

  get context(): CaptureContext {
    return this.#context()
  }

  /** For the listener. */
  readonly tracer: ExchangeTracer = {
    begin: (request) => {
      if (this.store.isOff) return undefined
      const isDetailed = this.budget.take()
      if (isDetailed || this.expectedOf(request.cid)) return ExchangeRecording.begin(this, request, isDetailed)
      const brief = this.store.beginUnopened((id) => new BriefExchange(id, this, request))
      this.#recorded.add(brief)
      return brief
    },
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
    const recording = this.resume(this.store.begin(start), performance.now())
    this.#recorded.add(recording)
    this.#tellExpected(start.cid, recording.live.id)
    return recording
  }

  resume(live: LiveTrace, startedAt: number): Recording {
    return new Recording(live, this.#locate, startedAt)
  }

  ended(recorded: Recorded): void {
    this.#recorded.delete(recorded)
  }

  /** What the process of the services tells. */
  readonly onSpans = ({ trace, events }: SpanReport): void => {
    const recording = this.#running(trace)?.recording
    if (recording) for (const event of events) recording.receive(event)
  }

  /** A call of a request that is not recorded in full. */
  onCall(event: CallEvent): void {
    if (event.trace !== undefined) this.#running(event.trace)?.brief(event)
  }

  /** A log line, redacted. */
  onLog({ cid, service, level, message, fields }: LogEntry): void {
    const recorded = cid === undefined ? undefined : this.#lastOf(cid)
    if (!recorded) return
    const details = fields && Object.keys(fields).length > 0 && JSON.stringify(fields, undefined, 2)
    recorded.recording.log(service, {
      level,
      message: message.slice(0, keptTextLength),
      ...(typeof details === 'string' && { details: details.slice(0, keptTextLength) }),
    })
  }

  /** The last one of this cid that began. */
  #lastOf(cid: string): Recorded | undefined {
    let last: Recorded | undefined
    for (const recorded of this.#recorded) {
      if (recorded.cid === cid && recorded.id > (last?.id ?? 0)) last = recorded
    }
    return last
  }

  #running(trace: number): Recording | BriefExchange | undefined {
    const recorder = this.store.running(trace)
    return recorder instanceof BriefExchange || recorder instanceof Recording ? recorder : undefined
  }

  #tellExpected(cid: string, id: number): void {
    if (this.#expected.size === 0) return
    this.#expected.get(cid)?.onBegin(id)
    this.#expected.delete(cid)
  }

  readonly #locate = (error: ErrorRecord): ErrorRecord => withSource(error, this.context)
}
