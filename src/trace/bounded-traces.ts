import type { KeptTrace } from './kept-trace.js'
import type { TraceLimits } from './limits.js'
import { TraceRing } from './ring.js'

export interface StoreSize {
  readonly kept: number
  readonly limit: number
  readonly bytes: number
  readonly byteLimit: number
  /** How many were removed to stay within the limits. */
  readonly removed: number
}

/** Traces by id: a ring, bounded by count and by bytes, and beside it what is pinned. */
export class BoundedTraces {
  #ring = new TraceRing()
  readonly #pinned = new Map<number, KeptTrace>()
  readonly #onRemoved: (trace: KeptTrace) => void
  #limits: TraceLimits
  #bytes = 0
  #removed = 0

  /** @param onRemoved gets each that goes because there is no room for it */
  constructor(limits: TraceLimits, onRemoved: (trace: KeptTrace) => void) {
    this.#limits = limits
    this.#onRemoved = onRemoved
  }

  get limits(): TraceLimits {
    return this.#limits
  }

  /** From now on; `makeRoom` keeps to them. */
  set limits(limits: TraceLimits) {
    this.#limits = limits
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

  get areAllPinsUsed(): boolean {
    return this.#pinned.size >= this.#limits.pins
  }

  get(id: number): KeptTrace | undefined {
    return this.#ring.get(id) ?? this.#pinned.get(id)
  }

  *newestFirst(): Generator<KeptTrace> {
    const ring = [...this.#ring]
    const all = this.#pinned.size === 0 ? ring : [...ring, ...this.#pinned.values()].sort((a, b) => a.id - b.id)
    for (let index = all.length - 1; index >= 0; index--) {
      const trace = all[index]
      if (trace) yield trace
    }
  }

  /** One that is newer than all others. */
  push(trace: KeptTrace): void {
    this.#ring.push(trace)
    this.#bytes += trace.bytes
    trace.countedBytes = trace.bytes
  }

  /** It takes more memory than before, or less. */
  recount(trace: KeptTrace): void {
    this.#bytes += trace.bytes - trace.countedBytes
    trace.countedBytes = trace.bytes
  }

  /** It takes the place of the one that has its id, and counts as much. */
  replace(trace: KeptTrace): void {
    this.#ring.replace(trace)
    if (this.#pinned.has(trace.id)) this.#pinned.set(trace.id, trace)
  }

  pin(trace: KeptTrace, isPinned: boolean): void {
    trace.isPinned = isPinned
    if (isPinned) {
      this.#ring.delete(trace.id)
      this.#pinned.set(trace.id, trace)
    } else {
      this.#pinned.delete(trace.id)
      this.#ring.insert([trace])
    }
  }

  delete(trace: KeptTrace): void {
    if (!this.#ring.delete(trace.id)) this.#pinned.delete(trace.id)
    this.#bytes -= trace.countedBytes
  }

  /** Gives all that are not pinned, and has them no more. */
  takeOut(): TraceRing {
    const taken = this.#ring
    for (const trace of taken) this.#bytes -= trace.countedBytes
    this.#ring = new TraceRing()
    return taken
  }

  /** What was taken out is here again. */
  putBack(traces: readonly KeptTrace[]): void {
    for (const trace of traces) {
      trace.countedBytes = trace.bytes
      this.#bytes += trace.bytes
    }
    this.#ring.insert(traces)
  }

  /** The oldest goes first; one that runs goes last. */
  makeRoom(): void {
    if (this.#hasRoom()) return
    for (const wantsRunning of [false, true]) {
      let spared = 0
      for (let trace = this.#ring.at(0); trace; trace = this.#ring.at(spared)) {
        if (this.#hasRoom()) return
        if (!wantsRunning && !trace.isDone) {
          spared += 1
          continue
        }
        this.#removed += 1
        this.delete(trace)
        this.#onRemoved(trace)
      }
    }
  }

  #hasRoom(): boolean {
    return this.#ring.size <= this.#limits.traces && this.#bytes <= this.#limits.bytes
  }
}
