import type { KeptTrace, TraceRecorder } from './kept-trace.js'
import { rounded } from './phase-times.js'
import type { Span, Trace, TraceDropped, TraceResult, TraceSummary } from './record.js'
import { sizeOfSpan } from './size.js'

/** What is known of an invocation when it begins. */
export type TraceStart = Pick<TraceSummary, 'cid' | 'kind' | 'title' | 'source' | 'startedAt'> &
  Partial<Pick<TraceSummary, 'method' | 'path' | 'channel' | 'service' | 'connection' | 'replayOf'>>

/** A span as it begins; the trace gives it its id. */
export type SpanStart = Omit<Span, 'id' | 'durationMs'> & { readonly durationMs?: number | undefined }

export type SpanChange = Partial<Omit<Span, 'id' | 'kind' | 'parentId'>>

/** What all traces of a store have in common. */
export interface TraceKeeper {
  readonly mostSpans: number
  /** Something of a trace has changed. */
  onChange(trace: LiveTrace): void
}

/** What makes the spans of a trace when somebody looks at it, if anybody does: most are never looked at. */
export interface LateSpans {
  readonly calls: number
  readonly attempts: number
  readonly result: TraceResult
  openIn(trace: LiveTrace): void
}

/** About what a trace takes in memory beside its spans. */
export const ownBytes = 1000

/** One trace while it is recorded, and afterwards. */
export class LiveTrace implements KeptTrace {
  readonly id: number
  isPinned = false
  bytes = ownBytes
  countedBytes = 0
  isReported = false
  recorder: TraceRecorder | undefined
  readonly #start: TraceStart
  #channel: string | undefined
  #service: string | undefined
  readonly #keeper: TraceKeeper
  #spans: Span[] | undefined
  #late: LateSpans | undefined
  #isFilling = false
  #durationMs: number | undefined
  #result: TraceResult | undefined
  #calls = 0
  #attempts = 0
  #logs = 0
  #droppedSpans = 0
  #lacksDetails = false

  constructor(id: number, start: TraceStart, keeper: TraceKeeper) {
    this.id = id
    this.#start = start
    this.#channel = start.channel
    this.#service = start.service
    this.#keeper = keeper
  }

  /** One that was recorded elsewhere, or before. */
  static of(id: number, { spans, ...summary }: Trace, keeper: TraceKeeper): LiveTrace {
    const trace = new LiveTrace(id, summary, keeper)
    const kept = spans.slice(0, keeper.mostSpans)
    trace.#spans = kept
    for (const span of kept) trace.bytes += sizeOfSpan(span)
    trace.#durationMs = summary.durationMs ?? 0
    trace.#result = summary.result ?? { class: 'died' }
    trace.#calls = summary.calls
    trace.#attempts = summary.attempts
    trace.#logs = summary.logs
    trace.#droppedSpans = (summary.dropped?.spans ?? 0) + spans.length - kept.length
    trace.#lacksDetails = summary.dropped?.details ?? false
    return trace
  }

  get start(): TraceStart {
    return this.#start
  }

  get cid(): string {
    return this.#start.cid
  }

  /** What becomes known of it after it has begun. */
  learn({ channel, service }: Pick<TraceStart, 'channel' | 'service'>): void {
    this.#channel = channel
    this.#service = service
  }

  get isDone(): boolean {
    return this.#result !== undefined
  }

  get spans(): readonly Span[] {
    this.#fill()
    return this.#spans ?? []
  }

  get result(): TraceResult | undefined {
    return this.#result
  }

  /** Adds a span, and gives its id; undefined if there are too many: it is then only counted. */
  open(span: SpanStart): number | undefined {
    if (span.kind === 'call') this.#calls += 1
    else if (span.kind === 'attempt') this.#attempts += 1
    else if (span.kind === 'log') this.#logs += 1
    const id = this.#push(span)
    this.#tellOfChange()
    return id
  }

  /** Changes a span, mostly because it has ended. */
  change(id: number | undefined, change: SpanChange): void {
    const before = id === undefined ? undefined : this.#spans?.[id - 1]
    if (id === undefined || !this.#spans || !before) return
    const after = { ...before, ...change }
    this.#spans[id - 1] = after
    this.bytes += sizeOfSpan(after) - sizeOfSpan(before)
    this.#tellOfChange()
  }

  /** Headers and bodies of it are not kept. */
  withoutDetails(): void {
    this.#lacksDetails = true
  }

  /** It is over; so is whatever of it still seems to run. Does nothing the second time. */
  close(durationMs: number, result: TraceResult): void {
    if (this.isDone) return
    this.#durationMs = durationMs
    this.#result = result
    this.recorder = undefined
    this.#spans = this.#spans?.map((span) =>
      span.durationMs === undefined ? { ...span, durationMs: rounded(Math.max(0, durationMs - span.startMs)) } : span,
    )
    this.#tellOfChange()
  }

  /** It is over, and nothing was recorded of it but what `late` knows. */
  closeBriefly(durationMs: number, late: LateSpans): void {
    this.#durationMs = durationMs
    this.recorder = undefined
    this.#late = late
    this.#calls = late.calls
    this.#attempts = late.attempts
    this.#result = late.result
    this.#lacksDetails = true
    this.#tellOfChange()
  }

  get summary(): TraceSummary {
    return {
      ...this.#start,
      id: this.id,
      channel: this.#channel,
      service: this.#service,
      durationMs: this.#durationMs,
      state: this.isDone ? 'done' : 'running',
      result: this.#result,
      calls: this.#calls,
      attempts: this.#attempts,
      logs: this.#logs,
      isPinned: this.isPinned,
      dropped: this.#dropped,
    }
  }

  get trace(): Trace {
    if (!this.isDone) this.recorder?.beforeLook()
    return { ...this.summary, spans: [...this.spans] }
  }

  get #dropped(): TraceDropped | undefined {
    if (this.#droppedSpans === 0 && !this.#lacksDetails) return undefined
    return {
      ...(this.#droppedSpans > 0 && { spans: this.#droppedSpans }),
      ...(this.#lacksDetails && { details: true }),
    }
  }

  #fill(): void {
    const late = this.#late
    if (!late) return
    this.#late = undefined
    this.#calls = 0
    this.#attempts = 0
    this.#isFilling = true
    late.openIn(this)
    this.#isFilling = false
    this.#keeper.onChange(this)
  }

  #tellOfChange(): void {
    if (!this.#isFilling) this.#keeper.onChange(this)
  }

  #push(span: SpanStart): number | undefined {
    this.#spans ??= []
    if (this.#spans.length >= this.#keeper.mostSpans) {
      this.#droppedSpans += 1
      return undefined
    }
    const id = this.#spans.length + 1
    const added = { id, ...span }
    this.#spans.push(added)
    this.bytes += sizeOfSpan(added)
    return id
  }
}
