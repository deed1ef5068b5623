import type { KeptTrace } from './kept-trace.js'
import type { TraceLimits } from './limits.js'
import { ownBytes } from './live-trace.js'
import { type TracePacker, TraceRing } from './ring.js'

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
  /** Of outlines; nothing is packed without one. To be set while there is none. */
  packer: TracePacker | undefined
  #ring = new TraceRing(() => this.packer)
  readonly #pinned = new Map<number, KeptTrace>()
  readonly #onRemoved: (id: number) => void
  #limits: TraceLimits
  #bytes = 0
  #removed = 0

  /** @param onRemoved gets the id of each that goes because there is no room for it */
  constructor(limits: TraceLimits, onRemoved: (id: number) => void) {
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
    const pinned = [...this.#pinned.values()].sort((a, b) => a.id - b.id)
    for (const trace of this.#ring.newestFirst()) {
      for (let last = pinned.at(-1); last && last.id > trace.id; last = pinned.at(-1)) {
        pinned.pop()
        yield last
      }
      yield trace
    }
    yield* pinned.reverse()
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

  /** It is over, and nobody looks. */
  pack(trace: KeptTrace): void {
    this.#ring.pack(trace)
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
    this.#ring = new TraceRing(() => this.packer)
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
      while (spared < this.#ring.size) {
        if (this.#hasRoom()) return
        if (wantsRunning || this.#ring.isDoneAt(spared)) this.#remove(spared)
        else spared += 1
      }
    }
  }

  #remove(index: number): void {
    const { id, countedBytes = ownBytes } = this.#ring.takeAt(index)
    this.#removed += 1
    this.#bytes -= countedBytes
    this.#onRemoved(id)
  }

  #hasRoom(): boolean {
    return this.#ring.size <= this.#limits.traces && this.#bytes <= this.#limits.bytes
  }
}
