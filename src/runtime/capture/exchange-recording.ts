import type { RequestEvent } from '../../channel/exchange-event.js'
import type { ExchangeTrace, SentReply, TracedRequest } from '../../channel/exchange-trace.js'
import type { Incoming, IncomingTrace, Outcome } from '../../exchange.js'
import { messageRecord, pairsOf } from '../../trace/message.js'
import type { MessageRecord, TraceResult } from '../../trace/record.js'
import { resultOfService } from '../../trace/result.js'
import { faultCodeOf } from '../fault-outcomes.js'
import type { RecordingHost } from './context.js'
import { BriefExchange } from './brief-exchange.js'
import type { Frame, Recording } from './recording.js'
import type { TraceStart } from '../../trace/live-trace.js'

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

  constructor(host: RecordingHost, request: TracedRequest) {
    const { cid, method } = request
    const path = host.context.redactor.url(request.target)
    const isDetailed = host.budget.take()
    this.#host = host
    this.#request = request
    const start: TraceStart = {
      cid,
      kind: 'channel',
      title: `${method} ${path}`,
      method,
      path,
      startedAt: Date.now(),
      source: 'http',
    }
    const expected = host.expectedOf(cid)
    this.#recording = host.begin(expected ? { ...start, ...expected } : start)
    this.#recording.frame = this
    this.tag = { id: this.#recording.live.id, isDetailed }
  }

  dispatched(incoming: Incoming, body: Uint8Array): void {
    this.#incoming = incoming
    this.#body = body
    this.#dispatchedMs = this.#recording.elapsedMs
    this.#recording.recorderStarts()
    this.#recording.live.learn({ channel: incoming.channel?.name, service: incoming.service })
    if (this.#channelSpan !== undefined) this.#openService()
  }

  answered(outcome: Outcome): void {
    this.#outcome = outcome
    this.#answeredMs = this.#recording.elapsedMs
    if (this.#serviceSpan === undefined) return
    const durationMs = this.#answeredMs - this.#dispatchedMs
    this.#recording.live.change(this.#serviceSpan, { durationMs, status: outcome.statusCode })
  }

  end(event: RequestEvent, sent: SentReply): void {
    const { live, error } = this.#recording
    const hasFailed = error !== undefined || event.aborted || event.statusCode >= 400
    const isFull = this.tag.isDetailed || hasFailed
    live.learn(event)
    if (isFull || this.#channelSpan !== undefined) this.#closeSpans(event, sent, isFull)
    else this.#closeBriefly(event)
    this.#host.budget.spend((this.#body?.length ?? 0) + event.size)
    this.#host.ended(this.#recording)
  }

  #closeBriefly({ channel, path, service, statusCode }: RequestEvent): void {
    const { live, elapsedMs: durationMs, briefCalls: events } = this.#recording
    const brief = new BriefExchange()
    brief.name = channel ?? path
    brief.service = this.#incoming && service
    brief.source = service === undefined ? undefined : this.#host.context.sourceOf(service)
    brief.statusCode = statusCode
    brief.durationMs = durationMs
    brief.dispatchedMs = this.#dispatchedMs
    brief.answeredMs = this.#answeredMs ?? durationMs
    brief.events = events
    brief.calls = events.length
    for (const { attempts } of events) brief.attempts += attempts
    live.closeBriefly(durationMs, brief)
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
