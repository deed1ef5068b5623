import type { CallEvent } from '../../trace/events.js'
import type { TraceRecorder } from '../../trace/kept-trace.js'
import type { LiveTrace, SpanChange } from '../../trace/live-trace.js'
import { rounded } from '../../trace/phase-times.js'
import type { ErrorRecord, LogRecord, SourceRecord, Span, TraceResult } from '../../trace/record.js'
import type { SpanEvent } from '../../trace/recorder.js'
import { openBriefCall } from './brief-call.js'
import { messageRecord } from '../../trace/message.js'
import type { Redactor } from '../../redact.js'

/** Adds the source to an error. */
type Locate = (error: ErrorRecord) => ErrorRecord

/** Who opens the spans that stand above all else, once something needs them. */
export interface Frame {
  openFrame(): void
}

interface ServiceContext {
  readonly redactor: Redactor
  /** Where the class of a service is. */
  readonly sourceOf: (service: string) => SourceRecord | undefined
}

/** A trace that is being recorded: puts what is told where it belongs. */
export class Recording implements TraceRecorder {
  place = -1
  readonly live: LiveTrace
  /** By `performance.now()`. */
  readonly startedAt: number
  /** Until it has been asked. */
  frame: Frame | undefined
  /** Of the service that the recorder belongs to. */
  error: ErrorRecord | undefined
  readonly #locate: Locate
  /** Ids of spans in the trace, by the recorder's numbers. */
  #ids: Map<number, number | undefined> | undefined
  /** When the recorder began. */
  #offsetMs = 0
  /** Calls that are told of once it is over. */
  #briefCalls: CallEvent[] | undefined

  constructor(live: LiveTrace, locate: Locate, startedAt = performance.now()) {
    this.live = live
    this.startedAt = startedAt
    this.#locate = locate
    live.recorder = this
  }

  get id(): number {
    return this.live.id
  }

  get cid(): string {
    return this.live.cid
  }

  get recording(): this {
    return this
  }

  /** Milliseconds since the trace began. */
  get elapsedMs(): number {
    return rounded(performance.now() - this.startedAt)
  }

  /** @param atMs since the trace began */
  recorderStarts(atMs = this.elapsedMs): void {
    this.#offsetMs = atMs
  }

  /** The invocation is that of a service: its span is the first. */
  openService(name: string, body: Uint8Array, { redactor, sourceOf }: ServiceContext): void {
    this.recorderStarts()
    const source = sourceOf(name)
    const request = messageRecord({ headers: [], body, redactor })
    this.belongTo(this.live.open({ kind: 'service', name, startMs: 0, request, ...(source && { source }) }))
  }

  /** @param span what the recorder belongs to */
  belongTo(span: number | undefined): void {
    this.#map.set(0, span)
  }

  receive(event: SpanEvent): void {
    this.#needFrame()
    if ('open' in event) {
      const parentId = this.#ids?.get(event.parent)
      const startMs = this.#at(event.atMs)
      this.#map.set(event.open, this.live.open({ ...event.span, parentId, startMs }))
    } else if ('close' in event) {
      this.#close(event.close, event.change, this.#at(event.atMs))
    } else {
      this.#change(event.of, event.change)
    }
  }

  /** A call of which nothing else is told. */
  brief(event: CallEvent): void {
    ;(this.#briefCalls ??= []).push(event)
  }

  log(service: string | undefined, log: LogRecord): void {
    this.#needFrame()
    const { spans } = this.live
    const parent = spans.findLast(({ kind, name }) => kind === 'service' && name === service) ?? spans[0]
    const parentId = parent?.id
    this.live.open({ kind: 'log', name: log.level, parentId, startMs: this.elapsedMs, durationMs: 0, log })
  }

  /** It is over. */
  close(result: TraceResult): void {
    const durationMs = this.elapsedMs
    for (const call of this.#briefCalls ?? []) openBriefCall(this.live, call, this.#ids?.get(0))
    if (this.#briefCalls) this.live.withoutDetails()
    this.live.close(durationMs, result)
  }

  beforeLook(): void {
    this.#needFrame()
  }

  get #map(): Map<number, number | undefined> {
    return (this.#ids ??= new Map())
  }

  #needFrame(): void {
    const { frame } = this
    this.frame = undefined
    frame?.openFrame()
  }

  #close(of: number, change: SpanChange, endMs: number): void {
    const id = this.#ids?.get(of)
    const span = id === undefined ? undefined : this.live.spans[id - 1]
    if (!span) return
    const durationMs = rounded(Math.max(0, endMs - span.startMs))
    this.live.change(id, { ...this.#located(change), ...this.#ofLastAttempt(span), durationMs })
  }

  #change(of: number, change: SpanChange): void {
    const located = this.#located(change)
    if (of === 0) this.error = located.error
    this.live.change(this.#ids?.get(of), located)
  }

  /** The reply of a call is that of its last attempt. */
  #ofLastAttempt({ id, kind }: Span): SpanChange {
    if (kind !== 'call') return {}
    const last = this.live.spans.findLast((span) => span.parentId === id && span.kind === 'attempt')
    return last?.response ? { response: last.response } : {}
  }

  #located(change: SpanChange): SpanChange {
    return change.error ? { ...change, error: this.#locate(change.error) } : change
  }

  /** The two processes have clocks of their own; what is told cannot lie in the future. */
  #at(sinceRecorder: number): number {
    return rounded(Math.min(this.#offsetMs + sinceRecorder, this.elapsedMs))
  }
}
