import type { RequestEvent } from '../../channel/exchange-event.js'
import type { ExchangeTrace, SentReply, TracedRequest } from '../../channel/exchange-trace.js'
import type { Incoming, IncomingTrace, Outcome } from '../../exchange.js'
import type { CallEvent } from '../../trace/events.js'
import type { TraceRecorder } from '../../trace/kept-trace.js'
import { type LateSpans, type LiveTrace, type TraceStart, ownBytes } from '../../trace/live-trace.js'
import type { SourceRecord, TraceResult, TraceSummary } from '../../trace/record.js'
import { resultOfStatus } from '../../trace/result.js'
import type { UnopenedTrace } from '../../trace/store.js'
import { openBriefCall } from './brief-call.js'
import type { Recorded, RecordingHost } from './context.js'
import { ExchangeRecording, startOf } from './exchange-recording.js'
import type { Recording } from './recording.js'

const noCalls: readonly CallEvent[] = []

/**
 * A request that is not recorded in full: one object until somebody looks, because there may be thousands a second. It becomes
 * a recording as soon as there is more to tell than how long things took: a log line, a failure, a look at it while it runs.
 */
export class BriefExchange implements ExchangeTrace, UnopenedTrace, TraceRecorder, LateSpans, Recorded {
  readonly id: number
  readonly cid: string
  readonly bytes = ownBytes
  isPinned = false
  countedBytes = 0
  isReported = false
  place = -1
  readonly #host: RecordingHost
  readonly #method: string
  readonly #path: string
  readonly #startedAt = Date.now()
  /** By `performance.now()`. */
  readonly #clock = performance.now()
  /** While it runs, what a recording would need of it. */
  #request: TracedRequest | undefined
  #incoming: Incoming | undefined
  #body: Uint8Array | undefined
  #outcome: Outcome | undefined
  /** Times are whole hundredths of a millisecond since then, which V8 keeps inside the object. */
  #dispatched = 0
  #answered = 0
  #duration = 0
  #statusCode = 0
  #channel: string | undefined
  #service: string | undefined
  #hasRun = false
  /** As they were told: under load, what survives is most of what remembering costs. */
  #calls: readonly CallEvent[] = noCalls
  /** Once somebody has looked at it. */
  #live: LiveTrace | undefined
  #full: ExchangeRecording | undefined

  constructor(id: number, host: RecordingHost, request: TracedRequest) {
    this.id = id
    this.cid = request.cid
    this.#host = host
    this.#method = request.method
    this.#path = host.context.redactor.url(request.target)
    this.#request = request
  }

  get tag(): IncomingTrace {
    return { id: this.id, isDetailed: false }
  }

  get start(): TraceStart {
    return startOf({ cid: this.cid, method: this.#method }, this.#path, this.#startedAt)
  }

  get isDone(): boolean {
    return this.#live ? this.#live.isDone : this.#request === undefined
  }

  get summary(): TraceSummary {
    return this.#opened.summary
  }

  get recorder(): TraceRecorder | undefined {
    return this.isDone ? undefined : this
  }

  /** While it runs. */
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

  /** What is told of it: a look while it runs needs a recording, one at what is over does not. */
  openAs(trace: LiveTrace): void {
    this.#live = trace
    if (this.#request) this.#full = this.#resume(trace, this.#request)
    else {
      trace.learn({ channel: this.#channel, service: this.#service })
      trace.closeBriefly(this.#duration / 100, this)
    }
  }

  get calls(): number {
    return this.#calls.length
  }

  get attempts(): number {
    return this.#calls.reduce((sum, { attempts }) => sum + attempts, 0)
  }

  get result(): TraceResult {
    return resultOfStatus(this.#statusCode)
  }

  openIn(trace: LiveTrace): void {
    const [status, durationMs, startMs] = [this.#statusCode, this.#duration / 100, this.#dispatched / 100]
    const name = this.#channel ?? this.#path.split('?', 1)[0] ?? ''
    const parentId = trace.open({ kind: 'channel', name, startMs: 0, durationMs, status })
    if (!this.#hasRun || this.#service === undefined) return
    const took = (this.#answered - this.#dispatched) / 100
    const source = this.#sourceOf(this.#service)
    const more = { parentId, startMs, durationMs: took, status, source }
    const run = trace.open({ kind: 'service', name: this.#service, ...more })
    for (const call of this.#calls) openBriefCall(trace, call, run)
  }

  #endBriefly({ channel, service, statusCode, size }: RequestEvent): void {
    this.#duration = this.#elapsed
    this.#hasRun = this.#incoming !== undefined
    if (!this.#outcome) this.#answered = this.#duration
    this.#statusCode = statusCode
    this.#channel = channel
    this.#service = service
    this.#host.budget.spend((this.#body?.length ?? 0) + size)
    this.#request = undefined
    this.#incoming = undefined
    this.#body = undefined
    this.#outcome = undefined
    this.#host.store.ended(this)
  }

  #recordedInFull(): ExchangeRecording {
    if (!this.#full) this.#host.store.open(this)
    if (this.#full) return this.#full
    throw new Error('A request that is over is not recorded any more')
  }

  #resume(trace: LiveTrace, request: TracedRequest): ExchangeRecording {
    const recording = this.#host.resume(trace, this.#clock)
    const full = new ExchangeRecording(this.#host, { request, recording, isDetailed: false })
    if (this.#incoming && this.#body) full.dispatched(this.#incoming, this.#body, this.#dispatched / 100)
    if (this.#outcome) full.answered(this.#outcome, this.#answered / 100)
    for (const call of this.#calls) recording.brief(call)
    return full
  }

  get #opened(): LiveTrace {
    return this.#live ?? this.#host.store.open(this)
  }

  get #elapsed(): number {
    return Math.round((performance.now() - this.#clock) * 100)
  }

  #sourceOf(service: string): SourceRecord | undefined {
    return this.#host.context.sourceOf(service)
  }
}
