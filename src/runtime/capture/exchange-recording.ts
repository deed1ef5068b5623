import type { RequestEvent } from '../../channel/exchange-event.js'
import type { ExchangeTrace, SentReply, TracedRequest } from '../../channel/exchange-trace.js'
import type { Incoming, IncomingTrace, Outcome } from '../../exchange.js'
import { messageRecord, pairsOf } from '../../trace/message.js'
import type { MessageRecord, TraceResult } from '../../trace/record.js'
import { resultOfService } from '../../trace/result.js'
import { faultCodeOf } from '../fault-outcomes.js'
import type { RecordingHost } from './context.js'
import type { Frame, Recording } from './recording.js'
import type { TraceStart } from '../../trace/live-trace.js'

interface ExchangeRecordingParts {
  readonly request: TracedRequest
  readonly recording: Recording
  readonly isDetailed: boolean
}

/** What is known of a request when it begins. @param path without secrets */
export function startOf(
  { cid, method }: Pick<TracedRequest, 'cid' | 'method'>,
  path: string,
  startedAt: number,
): TraceStart {
  return { cid, kind: 'channel', title: `${method} ${path}`, method, path, startedAt, source: 'http' }
}

/**
 * One request of the listener, as a trace. While it is answered this only holds on to what is there anyway, unless it is
 * recorded in full; spans are made of it at its end, or when somebody looks.
 */
export class ExchangeRecording implements ExchangeTrace, Frame {
  readonly tag: IncomingTrace
  readonly #host: RecordingHost
  readonly #request: TracedRequest
  readonly #recording: Recording
  #incoming: Incoming | undefined
  #body: Uint8Array | undefined
  #outcome: Outcome | undefined
  #dispatchedMs = 0
  #answeredMs: number | undefined
  /** Ids of spans, once there are any. */
  #channelSpan: number | undefined
  #serviceSpan: number | undefined

  /** Begins the trace of a request. */
  static begin(host: RecordingHost, request: TracedRequest, isDetailed: boolean): ExchangeRecording {
    const expected = host.expectedOf(request.cid)
    const start = startOf(request, host.context.redactor.url(request.target), Date.now())
    const recording = host.begin(expected ? { ...start, ...expected } : start)
    return new ExchangeRecording(host, { request, recording, isDetailed })
  }

  constructor(host: RecordingHost, { request, recording, isDetailed }: ExchangeRecordingParts) {
    this.#host = host
    this.#request = request
    this.#recording = recording
    recording.frame = this
    this.tag = { id: recording.live.id, isDetailed }
  }

  get recording(): Recording {
    return this.#recording
  }

  /** @param atMs since the trace began */
  dispatched(incoming: Incoming, body: Uint8Array, atMs = this.#recording.elapsedMs): void {
    this.#incoming = incoming
    this.#body = body
    this.#dispatchedMs = atMs
    this.#recording.recorderStarts(atMs)
    this.#recording.live.learn({ channel: incoming.channel?.name, service: incoming.service })
    if (this.#channelSpan !== undefined) this.#openService()
  }

  /** @param atMs since the trace began */
  answered(outcome: Outcome, atMs = this.#recording.elapsedMs): void {
    this.#outcome = outcome
    this.#answeredMs = atMs
    if (this.#serviceSpan === undefined) return
    const durationMs = this.#answeredMs - this.#dispatchedMs
    this.#recording.live.change(this.#serviceSpan, { durationMs, status: outcome.statusCode })
  }

  end(event: RequestEvent, sent: SentReply): void {
    const { live, error } = this.#recording
    const hasFailed = error !== undefined || event.aborted || event.statusCode >= 400
    const isFull = this.tag.isDetailed || hasFailed
    live.learn(event)
    this.#closeSpans(event, sent, isFull)
    this.#host.budget.spend((this.#body?.length ?? 0) + event.size)
    this.#host.ended(this.#recording)
  }

  #closeSpans(event: RequestEvent, sent: SentReply, isFull: boolean): void {
    const { live, elapsedMs: durationMs } = this.#recording
    const result = this.#resultOf(event)
    this.#recording.frame = undefined
    this.openFrame()
    live.change(this.#channelSpan, {
      name: event.channel ?? event.path,
      durationMs,
      ...(event.statusCode > 0 && { status: event.statusCode }),
      ...(isFull && { request: this.#requestRecord(), response: this.#response(event, sent) }),
    })
    if (!isFull) live.withoutDetails()
    this.#recording.close(result)
  }

  openFrame(): void {
    if (this.#channelSpan !== undefined) return
    const { live } = this.#recording
    const name = this.#incoming?.channel?.name ?? this.#request.target.split('?', 1)[0] ?? ''
    const isRunningInFull = this.tag.isDetailed && !live.isDone
    this.#channelSpan = live.open({
      kind: 'channel',
      name,
      startMs: 0,
      ...(isRunningInFull && { request: this.#requestRecord() }),
    })
    if (this.#incoming) this.#openService()
  }

  #openService(): void {
    if (!this.#incoming || this.#serviceSpan !== undefined) return
    const { service: name } = this.#incoming
    const source = this.#host.context.sourceOf(name)
    this.#serviceSpan = this.#recording.live.open({
      kind: 'service',
      name,
      parentId: this.#channelSpan,
      startMs: this.#dispatchedMs,
      ...(this.#answeredMs !== undefined && { durationMs: this.#answeredMs - this.#dispatchedMs }),
      ...(this.#outcome && { status: this.#outcome.statusCode }),
      ...(source && { source }),
    })
    this.#recording.belongTo(this.#serviceSpan)
  }

  #requestRecord(): MessageRecord {
    const { redactor } = this.#host.context
    return messageRecord({ headers: pairsOf(this.#request.rawHeaders), body: this.#body, redactor })
  }

  #response({ size, statusCode }: RequestEvent, { head, body }: SentReply): MessageRecord | undefined {
    if (statusCode === 0) return undefined
    return messageRecord({ headers: pairsOf(head), body, bodyBytes: size, redactor: this.#host.context.redactor })
  }

  #resultOf({ statusCode, aborted }: RequestEvent): TraceResult {
    const fault = this.#outcome && faultCodeOf(this.#outcome)
    if (fault !== undefined) {
      return { class: 'died', status: statusCode, code: fault, message: this.#outcome?.problem?.detail }
    }
    if (aborted) return { class: 'aborted', ...(statusCode > 0 && { status: statusCode }) }
    if (this.#incoming && !this.#outcome && statusCode === 504) {
      return {
        class: 'timeout',
        status: 504,
        code: 'ZH504',
        message: 'The request took longer than server.request_timeout',
      }
    }
    return resultOfService(statusCode, this.#recording.error)
  }
}
