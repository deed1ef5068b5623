import type { Position } from './byte-log.js'
import type { KeptTrace } from './kept-trace.js'

/** Keeps traces that are over, and that nobody has looked at, as less than objects. */
export interface TracePacker {
  /** Undefined if it has to stay as it is. */
  pack(trace: KeptTrace): Position | undefined
  /** The trace itself again. */
  unpack(packed: Position): KeptTrace
  drop(packed: Position): void
}

/** From so many empty places at the front on, they are given back. */
const mostEmpty = 1024

/**
 * Traces by id, oldest first. Under load one comes and the oldest goes thousands of times a second. Why it is no Map:
 * docs/architecture.md, "What comes and goes".
 */
export class TraceRing implements Iterable<KeptTrace> {
  readonly #packerNow: () => TracePacker | undefined
  #traces: (KeptTrace | Position | undefined)[] = []
  /** Of each of them: to find one must cost next to nothing. */
  #ids: number[] = []
  /** Where the oldest one stands. */
  #first = 0

  /** @param packer asked for it when there is something to pack */
  constructor(packer: () => TracePacker | undefined = () => undefined) {
    this.#packerNow = packer
  }

  get size(): number {
    return this.#traces.length - this.#first
  }

  get(id: number): KeptTrace | undefined {
    const at = this.#indexOf(id)
    return at === undefined ? undefined : this.#unpackedAt(at)
  }

  /** One that is newer than all others. */
  push(trace: KeptTrace): void {
    this.#traces.push(trace)
    this.#ids.push(trace.id)
  }

  /** Takes the place of the one that has its id, if there is one. */
  replace(trace: KeptTrace): void {
    const at = this.#indexOf(trace.id)
    if (at === undefined) return
    this.#drop(this.#traces[at])
    this.#traces[at] = trace
  }

  /** One that is over may be kept as less than an object until somebody asks for it. */
  pack(trace: KeptTrace): void {
    const at = this.#indexOf(trace.id)
    if (at !== undefined && this.#traces[at] === trace) this.#traces[at] = this.#packer?.pack(trace) ?? trace
  }

  /** Adds some, each where its id belongs. */
  insert(traces: readonly KeptTrace[]): void {
    const all = [...this, ...traces].sort((a, b) => a.id - b.id)
    this.#traces = all
    this.#ids = all.map(({ id }) => id)
    this.#first = 0
  }

  /** Gives whether it was there. */
  delete(id: number): boolean {
    const at = this.#indexOf(id)
    if (at === undefined) return false
    this.#removeAt(at)
    return true
  }

  /** Whether the trace is over. @param index counted from the oldest, 0 */
  isDoneAt(index: number): boolean {
    const trace = this.#traces[this.#first + index]
    return typeof trace === 'number' || (trace?.isDone ?? false)
  }

  /** Removes one, and gives its id and what the store has counted of it; undefined of the latter if it was packed. */
  takeAt(index: number): { readonly id: number; readonly countedBytes: number | undefined } {
    const at = this.#first + index
    const trace = this.#traces[at]
    const id = this.#ids[at] ?? 0
    this.#removeAt(at)
    return { id, countedBytes: typeof trace === 'object' ? trace.countedBytes : undefined }
  }

  *newestFirst(): Generator<KeptTrace> {
    for (let at = this.#traces.length - 1; at >= this.#first; at--) {
      const trace = this.#unpackedAt(at)
      if (trace) yield trace
    }
  }

  [Symbol.iterator](): IterableIterator<KeptTrace> {
    return [...this.newestFirst()].reverse().values()
  }

  #removeAt(at: number): void {
    this.#drop(this.#traces[at])
    // Those that are older move up: what goes is mostly the oldest, or nearly. By hand, because copyWithin takes fifty times as long.
    for (let to = at; to > this.#first; to--) {
      this.#traces[to] = this.#traces[to - 1]
      this.#ids[to] = this.#ids[to - 1] ?? 0
    }
    this.#traces[this.#first] = undefined
    this.#first += 1
    if (this.#first >= mostEmpty && this.#first * 2 >= this.#traces.length) this.#giveBack()
  }

  #giveBack(): void {
    this.#traces.splice(0, this.#first)
    this.#ids.splice(0, this.#first)
    this.#first = 0
  }

  get #packer(): TracePacker | undefined {
    return this.#packerNow()
  }

  #drop(trace: KeptTrace | Position | undefined): void {
    if (typeof trace === 'number') this.#packer?.drop(trace)
  }

  #unpackedAt(at: number): KeptTrace | undefined {
    const trace = this.#traces[at]
    if (typeof trace !== 'number') return trace
    const unpacked = this.#packer?.unpack(trace)
    this.#drop(trace)
    this.#traces[at] = unpacked
    return unpacked
  }

  #indexOf(id: number): number | undefined {
    let low = this.#first
    let high = this.#ids.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.#ids[middle] ?? 0
      if (found === id) return middle
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }
}
