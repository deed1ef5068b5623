import type { CallEvent } from '../../trace/events.js'
import { type LateSpans, type LiveTrace, type TraceStart, ownBytes } from '../../trace/live-trace.js'
import type { TraceResult, TraceSummary } from '../../trace/record.js'
import { resultOfStatus } from '../../trace/result.js'
import type { UnopenedTrace } from '../../trace/store.js'
import { openBriefCall } from './brief-call.js'
import type { RecordingHost } from './context.js'
import { startOf } from './exchange-recording.js'

/** What is kept of a request. Times are whole hundredths of a millisecond since it began, which V8 keeps inside the object. */
export interface Outlined {
  readonly id: number
  readonly cid: string
  readonly method: string
  /** With the query, without secrets. */
  readonly path: string
  readonly channel: string | undefined
  readonly service: string | undefined
  readonly statusCode: number
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Negative if no service was asked. */
  readonly dispatched: number
  readonly answered: number
  readonly duration: number
  readonly calls: readonly CallEvent[]
}

/**
 * A request that is over and was not recorded in full. A thousand of them are kept, and under load what survives is most of what
 * remembering costs: it holds nothing that it can do without.
 */
export class Outline implements UnopenedTrace, LateSpans {
  isPinned = false
  countedBytes = 0
  isReported = false
  readonly #host: RecordingHost
  readonly outlined: Outlined

  constructor(host: RecordingHost, outlined: Outlined) {
    this.#host = host
    this.outlined = outlined
  }

  get id(): number {
    return this.outlined.id
  }

  get cid(): string {
    return this.outlined.cid
  }

  get isDone(): boolean {
    return true
  }

  get recorder(): undefined {
    return undefined
  }

  get bytes(): number {
    return ownBytes
  }

  get start(): TraceStart {
    const { path, startedAt } = this.outlined
    return startOf(this.outlined, path, startedAt)
  }

  get summary(): TraceSummary {
    return this.#host.store.open(this).summary
  }

  openAs(trace: LiveTrace): void {
    trace.learn(this.outlined)
    trace.closeBriefly(this.outlined.duration / 100, this)
  }

  get calls(): number {
    return this.outlined.calls.length
  }

  get attempts(): number {
    return this.outlined.calls.reduce((sum, { attempts }) => sum + attempts, 0)
  }

  get result(): TraceResult {
    return resultOfStatus(this.outlined.statusCode)
  }

  openIn(trace: LiveTrace): void {
    const { channel, service, statusCode: status, path, dispatched, answered, duration, calls } = this.outlined
    const name = channel ?? path.split('?', 1)[0] ?? ''
    const parentId = trace.open({ kind: 'channel', name, startMs: 0, durationMs: duration / 100, status })
    if (dispatched < 0 || service === undefined) return
    const timing = { startMs: dispatched / 100, durationMs: (answered - dispatched) / 100, status }
    const source = this.#host.context.sourceOf(service)
    const run = trace.open({ kind: 'service', name: service, parentId, ...timing, source })
    for (const call of calls) openBriefCall(trace, call, run)
  }
}
