import type { Span, Trace, TraceDropped, TraceResult, TraceSummary } from './record.js'
import { sizeOfSpan } from './size.js'

/** What is known of an invocation when it begins. */
export type TraceStart = Pick<TraceSummary, 'cid' | 'kind' | 'title' | 'source' | 'startedAt'> &
  Partial<Pick<TraceSummary, 'method' | 'path' | 'channel' | 'service' | 'connection' | 'replayOf'>>

/** A span as it begins; the trace gives it its id. */
export type SpanStart = Omit<Span, 'id' | 'durationMs'> & { readonly durationMs?: number | undefined }

export type SpanChange = Partial<Omit<Span, 'id' | 'kind' | 'parentId'>>

interface LiveTraceOptions {
  readonly id: number
  readonly mostSpans: number
  /** Something of it has changed. */
  readonly onChange: (trace: LiveTrace) => void
}

/** One trace while it is recorded, and afterwards. */
export class LiveTrace {
  readonly id: number
  /** Called before its spans are looked at while it runs: they may be made only then. */
  beforeLook: (() => void) | undefined
  isPinned = false
  /** About what it takes in memory. */
  bytes = 500
  /** What of it the store has counted. */
  countedBytes = 0
  /** Whether it has been told of as over. */
  isReported = false
  #start: TraceStart
  readonly #options: LiveTraceOptions
  readonly #spans: Span[] = []
  #durationMs: number | undefined
  #result: TraceResult | undefined
  #calls = 0
  #attempts = 0
  #logs = 0
  #droppedSpans = 0
  #lacksDetails = false

  constructor(start: TraceStart, options: LiveTraceOptions) {
    this.id = options.id
    this.#start = start
    this.#options = options
  }

  /** One that was recorded elsewhere, or before. */
  static of({ spans, ...summary }: Trace, options: LiveTraceOptions): LiveTrace {
    const trace = new LiveTrace(summary, options)
    const kept = spans.slice(0, options.mostSpans)
    trace.#spans.push(...kept)
    for (const span of kept) trace.bytes += sizeOfSpan(span)
    trace.#durationMs = summary.durationMs ?? 0
    trace.#result = summary.result ?? { class: 'died' }
    trace.#calls = summary.calls
    trace.#attempts = summary.attempts
    trace.#logs = summary.logs
    trace.#droppedSpans = (summary.dropped?.spans ?? 0) + Math.max(0, spans.length - options.mostSpans)
    trace.#lacksDetails = summary.dropped?.details ?? false
    return trace
  }

  get start(): TraceStart {
    return this.#start
  }

  /** What becomes known of it after it has begun. */
  learn({ channel, service }: Pick<TraceStart, 'channel' | 'service'>): void {
    if (this.#start.channel !== channel || this.#start.service !== service) {
      this.#start = { ...this.#start, channel, service }
    }
  }

  get isDone(): boolean {
    return this.#result !== undefined
  }

  get spans(): readonly Span[] {
    return this.#spans
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
    this.#options.onChange(this)
    return id
  }

  /** Changes a span, mostly because it has ended. */
  change(id: number | undefined, change: SpanChange): void {
    const before = id === undefined ? undefined : this.#spans[id - 1]
    if (id === undefined || !before) return
    const after = { ...before, ...change }
    this.#spans[id - 1] = after
    this.bytes += sizeOfSpan(after) - sizeOfSpan(before)
    this.#options.onChange(this)
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
    this.beforeLook = undefined
    this.#spans.forEach((span, index) => {
      if (span.durationMs !== undefined) return
      this.#spans[index] = { ...span, durationMs: rounded(Math.max(0, durationMs - span.startMs)) }
    })
    this.#options.onChange(this)
  }

  get summary(): TraceSummary {
    return {
      ...this.#start,
      id: this.id,
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
    if (!this.isDone) this.beforeLook?.()
    return { ...this.summary, spans: [...this.#spans] }
  }

  get #dropped(): TraceDropped | undefined {
    if (this.#droppedSpans === 0 && !this.#lacksDetails) return undefined
    return {
      ...(this.#droppedSpans > 0 && { spans: this.#droppedSpans }),
      ...(this.#lacksDetails && { details: true }),
    }
  }

  #push(span: SpanStart): number | undefined {
    if (this.#spans.length >= this.#options.mostSpans) {
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

/** To hundredths: what is finer is noise. */
export function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
