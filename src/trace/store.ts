import { Announcer, type StoreListener } from './announcer.js'
import { matches, parseFilter } from './filter.js'
import type { KeptTrace, TraceRecorder } from './kept-trace.js'
import { type TraceLimits, defaultLimits } from './limits.js'
import { LiveTrace, type TraceKeeper, type TraceStart } from './live-trace.js'
import type { Trace, TraceSummary } from './record.js'
import { TraceRing } from './ring.js'
import { SetAside } from './set-aside.js'
import { type TraceStats, statsOf } from './stats.js'

export type { StoreEvent, StoreListener } from './announcer.js'
export type { ItemStats, TraceStats } from './stats.js'

export interface ListOptions {
  /** The grammar of `filter.ts`. */
  readonly filter?: string | undefined
  /** An id: only older ones. */
  readonly before?: number | undefined
  /** 50 unless given. */
  readonly limit?: number | undefined
}

export interface TraceList {
  /** Newest first. */
  readonly traces: readonly TraceSummary[]
  readonly hasMore: boolean
  readonly kept: number
  readonly removed: number
  readonly filterProblems: readonly string[]
}

export interface StoreSize {
  readonly kept: number
  readonly limit: number
  readonly bytes: number
  readonly byteLimit: number
  /** How many were removed to stay within the limits. */
  readonly removed: number
}

/** One that nobody has looked at yet. Under load there are thousands a second, and all but the last few are never looked at. */
export interface UnopenedTrace extends KeptTrace {
  readonly start: TraceStart
  /** `trace` takes its place in the store: gets all that is known. */
  openAs(trace: LiveTrace): void
}

const statsMs = 5 * 60 * 1000

/** The traces of a server: a ring, bounded by count and by bytes, and beside it what is pinned. */
export class TraceStore {
  #ring = new TraceRing()
  readonly #pinned = new Map<number, KeptTrace>()
  readonly #aside = new SetAside()
  readonly #announcer = new Announcer()
  /** Gets the id of each trace that is over, once. */
  onDone: ((id: number) => void) | undefined
  readonly #keeper: TraceKeeper
  #limits: TraceLimits
  #lastId = 0
  #bytes = 0
  #removed = 0

  constructor(limits: Partial<TraceLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits }
    this.#keeper = { mostSpans: this.#limits.spans, onChange: (trace) => this.#changed(trace) }
  }

  get size(): StoreSize {
    return {
      kept: this.#ring.size + this.#pinned.size,
      limit: this.#limits.traces,
      bytes: this.#bytes,
      byteLimit: this.#limits.bytes,
      removed: this.#removed,
    }
  }

  /** Whether nothing is kept at all. */
  get isOff(): boolean {
    return this.#limits.traces === 0
  }

  /** What the settings of the project say from now on. */
  limit(limits: Partial<TraceLimits>): void {
    this.#limits = { ...this.#limits, ...limits }
    this.#makeRoom()
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

  /** It is over. */
  ended(kept: UnopenedTrace): void {
    this.#changed(kept)
  }

  /** The trace of one that is kept; made now, if it is still to be made. */
  open(kept: UnopenedTrace): LiveTrace {
    const trace = new LiveTrace(kept.id, kept.start, this.#keeper)
    trace.isPinned = kept.isPinned
    trace.isReported = kept.isReported
    trace.countedBytes = kept.countedBytes
    for (const traces of [this.#ring, this.#aside.traces]) if (traces.get(kept.id) === kept) traces.replace(trace)
    if (this.#pinned.get(kept.id) === kept) this.#pinned.set(kept.id, trace)
    kept.openAs(trace)
    return trace
  }

  /** Adds one that is over: its id becomes one of this store's. */
  add(trace: Trace): Trace {
    const live = LiveTrace.of(++this.#lastId, trace, this.#keeper)
    this.#insert(live)
    this.#tellDone(live)
    return live.trace
  }

  /** Who records a trace of this id, while it runs. */
  running(id: number): TraceRecorder | undefined {
    return (this.#find(id) ?? this.#aside.traces.get(id))?.recorder
  }

  list({ filter = '', before = Number.POSITIVE_INFINITY, limit = 50 }: ListOptions = {}): TraceList {
    const { terms, problems } = parseFilter(filter)
    const found: TraceSummary[] = []
    let hasMore = false
    for (const kept of this.#newestFirst()) {
      if (kept.id >= before) continue
      if (terms.length > 0 && !matches(terms, this.#opened(kept).trace)) continue
      hasMore = found.length >= limit
      if (hasMore) break
      found.push(kept.summary)
    }
    const { kept, removed } = this.size
    return { traces: found, hasMore, kept, removed, filterProblems: problems }
  }

  get(id: number): Trace | undefined {
    const kept = this.#find(id)
    return kept && this.#opened(kept).trace
  }

  /** All traces of a cid, oldest first. */
  byCid(cid: string): readonly Trace[] {
    return [...this.#newestFirst()]
      .filter((kept) => kept.cid === cid)
      .reverse()
      .map((kept) => this.#opened(kept).trace)
  }

  /** `gone` if there is none of this id, `full` if as many are pinned as can be. */
  pin(id: number, isPinned: boolean): 'done' | 'gone' | 'full' {
    const trace = this.#find(id)
    if (!trace) return 'gone'
    if (trace.isPinned === isPinned) return 'done'
    if (isPinned && this.#pinned.size >= this.#limits.pins) return 'full'
    trace.isPinned = isPinned
    if (isPinned) {
      this.#ring.delete(id)
      this.#pinned.set(id, trace)
    } else {
      this.#pinned.delete(id)
      this.#ring.insert([trace])
    }
    this.#announcer.changed(trace)
    this.#makeRoom()
    return 'done'
  }

  remove(id: number): boolean {
    const trace = this.#find(id)
    if (!trace) return false
    this.#drop(trace)
    return true
  }

  /** Forgets all but those that are pinned. Gives the number by which they can be had back for some seconds. */
  clear(): number {
    for (const trace of this.#ring) this.#bytes -= trace.countedBytes
    const number = this.#aside.put(this.#ring)
    this.#ring = new TraceRing()
    this.#announcer.cleared()
    return number
  }

  /** Takes a clearing back; false if it is too late, or if another came after it. */
  restore(number: number): boolean {
    const traces = this.#aside.take(number)
    if (!traces) return false
    for (const trace of traces) {
      trace.countedBytes = trace.bytes
      this.#bytes += trace.bytes
    }
    this.#ring.insert(traces)
    for (const trace of traces) if (!trace.isReported) this.#tellDone(trace)
    this.#announcer.restored()
    this.#makeRoom()
    return true
  }

  /** Of the traces that are kept, the last five minutes, and the last result however old. */
  stats(now = Date.now()): TraceStats {
    const traces = [...this.#newestFirst()].map((kept) => this.#opened(kept))
    return statsOf(traces, now - statsMs)
  }

  /** At most one event a trace in 50 ms. Gives what ends it. */
  subscribe(listener: StoreListener): () => void {
    return this.#announcer.subscribe(listener)
  }

  #opened(kept: KeptTrace): LiveTrace {
    return kept instanceof LiveTrace ? kept : this.open(kept as UnopenedTrace)
  }

  #find(id: number): KeptTrace | undefined {
    return this.#ring.get(id) ?? this.#pinned.get(id)
  }

  *#newestFirst(): Generator<KeptTrace> {
    const ring = [...this.#ring]
    const all = this.#pinned.size === 0 ? ring : [...ring, ...this.#pinned.values()].sort((a, b) => a.id - b.id)
    for (let index = all.length - 1; index >= 0; index--) {
      const trace = all[index]
      if (trace) yield trace
    }
  }

  #insert(trace: KeptTrace): void {
    this.#ring.push(trace)
    this.#bytes += trace.bytes
    trace.countedBytes = trace.bytes
    this.#announcer.changed(trace)
    this.#makeRoom()
  }

  #changed(trace: KeptTrace): void {
    if (this.#find(trace.id) !== trace) return
    this.#bytes += trace.bytes - trace.countedBytes
    trace.countedBytes = trace.bytes
    if (trace.isReported) return
    this.#announcer.changed(trace)
    this.#tellDone(trace)
    if (this.#bytes > this.#limits.bytes) this.#makeRoom()
  }

  #tellDone(trace: KeptTrace): void {
    if (!trace.isDone) return
    trace.isReported = true
    this.onDone?.(trace.id)
  }

  /** The oldest goes first; one that runs goes last. */
  #makeRoom(): void {
    const { traces, bytes } = this.#limits
    if (this.#ring.size <= traces && this.#bytes <= bytes) return
    for (const wantsRunning of [false, true]) {
      let spared = 0
      for (let trace = this.#ring.at(0); trace; trace = this.#ring.at(spared)) {
        if (this.#ring.size <= traces && this.#bytes <= bytes) return
        if (!wantsRunning && !trace.isDone) {
          spared += 1
          continue
        }
        this.#removed += 1
        this.#drop(trace)
      }
    }
  }

  #drop(trace: KeptTrace): void {
    if (!this.#ring.delete(trace.id)) this.#pinned.delete(trace.id)
    this.#bytes -= trace.countedBytes
    this.#announcer.removed(trace.id)
  }
}
