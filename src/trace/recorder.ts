import type { IncomingTrace } from '../exchange.js'
import type { Redactor } from '../redact.js'
import type { SpanChange, SpanStart } from './live-trace.js'

/** What the side that runs a service tells of its spans, as it happens. Plain data, redacted. */
export interface SpanReport {
  /** Id of the trace. */
  readonly trace: number
  readonly events: readonly SpanEvent[]
}

/** A number of the recorder's own stands for a span; 0 is what the whole recording belongs to. */
export type SpanEvent =
  | {
      readonly open: number
      readonly parent: number
      /** Since the recording began. */
      readonly atMs: number
      readonly span: Omit<SpanStart, 'startMs' | 'parentId'>
    }
  | { readonly close: number; readonly atMs: number; readonly change: SpanChange }
  /** Something became known of a span that goes on. */
  | { readonly change: SpanChange; readonly of: number }

export type SpanSink = (report: SpanReport) => void

interface RecorderOptions {
  readonly trace: IncomingTrace
  readonly redactor: Redactor
  readonly sink: SpanSink
  /** The span that the code that asks is running in. */
  readonly current?: (() => number | undefined) | undefined
}

/** Tells of one invocation while it runs. There is none where nobody looks. */
export class Recorder {
  readonly trace: number
  /** Whether everything is told, and at once; else only what failed, when it has. */
  readonly isDetailed: boolean
  readonly redactor: Redactor
  readonly #sink: SpanSink
  readonly #current: () => number | undefined
  readonly #startedAt = performance.now()
  #last = 0

  constructor({ trace, redactor, sink, current = () => undefined }: RecorderOptions) {
    this.trace = trace.id
    this.isDetailed = trace.isDetailed
    this.redactor = redactor
    this.#sink = sink
    this.#current = current
  }

  /** The span that the code that asks is running in. */
  get current(): number {
    return this.#current() ?? 0
  }

  /** @param at of `performance.now()` */
  open(
    span: Omit<SpanStart, 'startMs' | 'parentId'>,
    { parent = this.current, at = performance.now() }: { parent?: number; at?: number } = {},
  ): number {
    const open = ++this.#last
    this.#tell({ open, parent, atMs: at - this.#startedAt, span })
    return open
  }

  close(span: number, change: SpanChange = {}, at = performance.now()): void {
    this.#tell({ close: span, atMs: at - this.#startedAt, change })
  }

  change(span: number, change: SpanChange): void {
    this.#tell({ of: span, change })
  }

  #tell(event: SpanEvent): void {
    this.#sink({ trace: this.trace, events: [event] })
  }
}
