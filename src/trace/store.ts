import { Announcer, type StoreListener } from './announcer.js'
import { BoundedTraces, type StoreSize } from './bounded-traces.js'
import { matches, parseFilter } from './filter.js'
import type { KeptTrace, TraceRecorder } from './kept-trace.js'
import { type TraceLimits, defaultLimits } from './limits.js'
import { LiveTrace, type TraceKeeper, type TraceStart } from './live-trace.js'
import { byStart } from './nesting.js'
import type { Trace, TraceSummary } from './record.js'
import type { TracePacker } from './ring.js'
import { SetAside } from './set-aside.js'
import { type TraceStats, statsOf } from './stats.js'

export type { StoreEvent, StoreListener } from './announcer.js'
export type { StoreSize } from './bounded-traces.js'
export type { ItemStats, TraceStats } from './stats.js'

export interface ListOptions {
  /** The grammar of `filter.ts`. */
  readonly filter?: string | undefined
  /** An id: only those that were there before it. The lowest of a page leads to the next one. */
  readonly before?: number | undefined
  /** 50 unless given. */
  readonly limit?: number | undefined
}

export interface TraceList {
  /** What came last, by start, newest first: one that another process has recorded comes after what it caused. */
  readonly traces: readonly TraceSummary[]
  readonly hasMore: boolean
  readonly kept: number
  readonly removed: number
  readonly filterProblems: readonly string[]
}

/** One that nobody has looked at yet. Under load there are thousands a second, and all but the last few are never looked at. */
export interface UnopenedTrace extends KeptTrace {
  readonly start: TraceStart
  /** `trace` takes its place in the store: gets all that is known. */
  openAs(trace: LiveTrace): void
}

const statsMs = 5 * 60 * 1000

/** The traces of a server, and those that it has just been told to forget. */
export class TraceStore {
  readonly #announcer = new Announcer()
  readonly #kept: BoundedTraces
  readonly #aside = new SetAside()
  /** Gets the id of each trace that is over, once. */
  onDone: ((id: number) => void) | undefined
  /** Some were removed by hand, had back, pinned or let go. */
  onEdited: (() => void) | undefined
  readonly #keeper: TraceKeeper
  #lastId = 0

  constructor(limits: Partial<TraceLimits> = {}) {
    const all = { ...defaultLimits, ...limits }
    this.#kept = new BoundedTraces(all, (id) => this.#announcer.removed(id))
    this.#keeper = { mostSpans: all.spans, onChange: (trace) => this.#changed(trace) }
  }

  get size(): StoreSize {
    return this.#kept.size
  }

  /** Outlines are kept as what this makes of them, as long as nobody looks. */
  packWith(packer: TracePacker): void {
    this.#kept.packer = packer
  }

  /** Whether nothing is kept at all. */
  get isOff(): boolean {
    return this.#kept.limits.traces === 0
  }

  /** What the settings of the project say from now on. */
  limit(limits: Partial<TraceLimits>): void {
    this.#kept.limits = { ...this.#kept.limits, ...limits }
    this.#kept.makeRoom()
  }

  /** Begins a trace. */
  begin(start: TraceStart): LiveTrace {
    const trace = new LiveTrace(++this.#lastId, start, this.#keeper)
    this.#insert(trace)
    return trace
  }

  /** Begins one that is made a trace of when somebody looks at it. @param make gets its id */
  beginUnopened<T extends UnopenedTrace>(make: (id: number) => T): T {
    const kept = make(++this.#lastId)
    this.#insert(kept)
    return kept
  }

  /** It is over: from now on, `outline` is kept in its place. */
  ended(kept: UnopenedTrace, outline: UnopenedTrace): void {
    this.#replace(kept, outline)
    this.#changed(outline)
    if (this.#announcer.isHeard) return
    this.#kept.pack(outline)
  }

  /** The trace of one that is kept; made now, if it is still to be made. */
  open(kept: UnopenedTrace): LiveTrace {
    const trace = new LiveTrace(kept.id, kept.start, this.#keeper)
    this.#replace(kept, trace)
    kept.openAs(trace)
    return trace
  }

  /** Adds one that is over: its id becomes one of this store's. It is pinned if it was, and as far as there may be more of such. */
  add(trace: Trace): Trace {
    const live = LiveTrace.of(++this.#lastId, trace, this.#keeper)
    this.#insert(live)
    if (trace.isPinned && !this.#kept.areAllPinsUsed) this.#kept.pin(live, true)
    this.#tellDone(live)
    return live.trace
  }

  /** Who records a trace of this id, while it runs. */
  running(id: number): TraceRecorder | undefined {
    return (this.#kept.get(id) ?? this.#aside.traces.get(id))?.recorder
  }

  list({ filter = '', before = Number.POSITIVE_INFINITY, limit = 50 }: ListOptions = {}): TraceList {
    const { terms, problems } = parseFilter(filter)
    const found: TraceSummary[] = []
    let hasMore = false
    for (const kept of this.#kept.newestFirst()) {
      if (kept.id >= before) continue
      if (terms.length > 0 && !matches(terms, this.#opened(kept).trace)) continue
      hasMore = found.length >= limit
      if (hasMore) break
      found.push(kept.summary)
    }
    const { kept, removed } = this.size
    const traces = found.sort((a, b) => byStart(b, a))
    return { traces, hasMore, kept, removed, filterProblems: problems }
  }

  get(id: number): Trace | undefined {
    const kept = this.#kept.get(id)
    return kept && this.#opened(kept).trace
  }

  /** All traces of a cid, in the order in which they came. */
  byCid(cid: string): readonly Trace[] {
    return [...this.#kept.newestFirst()]
      .filter((kept) => kept.cid === cid)
      .reverse()
      .map((kept) => this.#opened(kept).trace)
  }

  /** `gone` if there is none of this id, `full` if as many are pinned as can be. */
  pin(id: number, isPinned: boolean): 'done' | 'gone' | 'full' {
    const trace = this.#kept.get(id)
    if (!trace) return 'gone'
    if (trace.isPinned === isPinned) return 'done'
    if (isPinned && this.#kept.areAllPinsUsed) return 'full'
    this.#kept.pin(trace, isPinned)
    this.#announcer.changed(trace)
    this.#kept.makeRoom()
    this.onEdited?.()
    return 'done'
  }

  remove(id: number): boolean {
    const trace = this.#kept.get(id)
    if (!trace) return false
    this.#kept.delete(trace)
    this.#announcer.removed(id)
    this.onEdited?.()
    return true
  }

  /** Forgets all but those that are pinned. Gives the number by which they can be had back for some seconds. */
  clear(): number {
    const number = this.#aside.put(this.#kept.takeOut())
    this.#announcer.cleared()
    this.onEdited?.()
    return number
  }

  /** Takes a clearing back; false if it is too late, or if another came after it. */
  restore(number: number): boolean {
    const traces = this.#aside.take(number)
    if (!traces) return false
    this.#kept.putBack(traces)
    for (const trace of traces) if (!trace.isReported) this.#tellDone(trace)
    this.#announcer.restored()
    this.#kept.makeRoom()
    this.onEdited?.()
    return true
  }

  /** Of the traces that are kept, the last five minutes, and the last result however old. */
  stats(now = Date.now()): TraceStats {
    const traces = [...this.#kept.newestFirst()].map((kept) => this.#opened(kept))
    return statsOf(traces, now - statsMs)
  }

  /** At most one event a trace in 50 ms. Gives what ends it. */
  subscribe(listener: StoreListener): () => void {
    return this.#announcer.subscribe(listener)
  }

  #opened(kept: KeptTrace): LiveTrace {
    return kept instanceof LiveTrace ? kept : this.open(kept as UnopenedTrace)
  }

  #replace(kept: KeptTrace, trace: KeptTrace): void {
    trace.isPinned = kept.isPinned
    trace.isReported = kept.isReported
    trace.countedBytes = kept.countedBytes
    if (this.#kept.get(kept.id) === kept) this.#kept.replace(trace)
    else if (this.#aside.traces.get(kept.id) === kept) this.#aside.traces.replace(trace)
  }

  #insert(trace: KeptTrace): void {
    this.#kept.push(trace)
    this.#announcer.changed(trace)
    this.#kept.makeRoom()
  }

  #changed(trace: KeptTrace): void {
    if (this.#kept.get(trace.id) !== trace) return
    this.#kept.recount(trace)
    if (trace.isReported) return
    this.#announcer.changed(trace)
    this.#tellDone(trace)
    this.#kept.makeRoom()
  }

  #tellDone(trace: KeptTrace): void {
    if (!trace.isDone) return
    trace.isReported = true
    this.onDone?.(trace.id)
  }
}
