import type { RequestEvent } from '../../channel/exchange-event.js'
import type { ExchangeTrace, SentReply, TracedRequest } from '../../channel/exchange-trace.js'
import type { Incoming, IncomingTrace, Outcome } from '../../exchange.js'
import type { CallEvent } from '../../trace/events.js'
import type { TraceRecorder } from '../../trace/kept-trace.js'
import { type LiveTrace, type TraceStart, ownBytes } from '../../trace/live-trace.js'
import type { TraceSummary } from '../../trace/record.js'
import type { UnopenedTrace } from '../../trace/store.js'
import type { Recorded, RecordingHost } from './context.js'
import { ExchangeRecording, startOf } from './exchange-recording.js'
import { Outline } from './outline.js'
import type { Recording } from './recording.js'

const noCalls: readonly CallEvent[] = []

/** Time of what did not happen. */
const never = -1

/**
 * A request that is not recorded in full, while it is answered: one object, because there may be thousands a second. It becomes a
 * recording as soon as there is more to tell than how long things took, a log line, a failure, a look at it; else an outline in the end.
 */
export class BriefExchange implements ExchangeTrace, UnopenedTrace, TraceRecorder, Recorded {
  readonly id: number
  readonly cid: string
  readonly bytes = ownBytes
  isPinned = false
  countedBytes = 0
  isReported = false
  place = -1
  readonly #host: RecordingHost
  readonly #request: TracedRequest
  readonly #path: string
  readonly #startedAt = Date.now()
  /** By `performance.now()`. */
  readonly #clock = performance.now()
  /** What a recording would need of it. */
  #incoming: Incoming | undefined
  #body: Uint8Array | undefined
  #outcome: Outcome | undefined
  /** Times are whole hundredths of a millisecond. */
  #dispatched = never
  #answered = never
  /** As they were told. */
  #calls: readonly CallEvent[] = noCalls
  /** Once somebody has looked at it. */
  #live: LiveTrace | undefined
  #full: ExchangeRecording | undefined

  constructor(id: number, host: RecordingHost, request: TracedRequest) {
    this.id = id
    this.cid = request.cid
    this.#host = host
    this.#request = request
    this.#path = host.context.redactor.url(request.target)
  }

  get tag(): IncomingTrace {
    return { id: this.id, isDetailed: false }
  }

  get start(): TraceStart {
    return startOf(this.#request, this.#path, this.#startedAt)
  }

  get isDone(): boolean {
    return this.#live?.isDone ?? false
  }

  get summary(): TraceSummary {
    return (this.#live ?? this.#host.store.open(this)).summary
  }

  get recorder(): TraceRecorder | undefined {
    return this.isDone ? undefined : this
  }

  get recording(): Recording {
    return this.#recordedInFull().recording
  }

  beforeLook(): void {
    this.recording.beforeLook()
  }

  dispatched(incoming: Incoming, body: Uint8Array): void {
    if (this.#full) {
      this.#full.dispatched(incoming, body)
      return
    }
    this.#incoming = incoming
    this.#body = body
    this.#dispatched = this.#elapsed
  }

  answered(outcome: Outcome): void {
    if (this.#full) {
      this.#full.answered(outcome)
      return
    }
    this.#outcome = outcome
    this.#answered = this.#elapsed
  }

  /** A call of which nothing else is told. */
  brief(event: CallEvent): void {
    if (this.#full) {
      this.recording.brief(event)
      return
    }
    this.#calls = this.#calls === noCalls ? [event] : [...this.#calls, event]
  }

  end(event: RequestEvent, sent: SentReply): void {
    if (this.#full || event.aborted || event.statusCode >= 400) this.#recordedInFull().end(event, sent)
    else this.#endBriefly(event)
    this.#host.ended(this)
  }

  openAs(trace: LiveTrace): void {
    this.#live = trace
    this.#full = this.#resume(trace)
  }

  #endBriefly({ channel, service, statusCode, size }: RequestEvent): void {
    const duration = this.#elapsed
    const answered = this.#answered === never ? duration : this.#answered
    this.#host.budget.spend((this.#body?.length ?? 0) + size)
    const outline = new Outline(this.#host, {
      id: this.id,
      cid: this.cid,
      method: this.#request.method,
      path: this.#path,
      channel,
      service,
      statusCode,
      startedAt: this.#startedAt,
      dispatched: this.#dispatched,
      answered,
      duration,
      calls: this.#calls,
    })
    this.#host.store.ended(this, outline)
  }

  #recordedInFull(): ExchangeRecording {
    if (!this.#full) this.#host.store.open(this)
    if (this.#full) return this.#full
    throw new Error('A request that is over is not recorded any more')
  }

  #resume(trace: LiveTrace): ExchangeRecording {
    const recording = this.#host.resume(trace, this.#clock)
    const full = new ExchangeRecording(this.#host, { request: this.#request, recording, isDetailed: false })
    if (this.#incoming && this.#body) full.dispatched(this.#incoming, this.#body, this.#dispatched / 100)
    if (this.#outcome) full.answered(this.#outcome, this.#answered / 100)
    for (const call of this.#calls) recording.brief(call)
    return full
  }

  get #elapsed(): number {
    return Math.round((performance.now() - this.#clock) * 100)
  }
}
