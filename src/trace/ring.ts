import type { KeptTrace } from './kept-trace.js'

/** From so many empty places at the front on, they are given back. */
const mostEmpty = 1024

/**
 * Traces by id, oldest first. Under load one comes and the oldest goes thousands of times a second. Why it is no Map: docs/architecture.md,
 * "What comes and goes".
 */
export class TraceRing implements Iterable<KeptTrace> {
  #traces: (KeptTrace | undefined)[] = []
  /** Where the oldest one stands. */
  #first = 0

  get size(): number {
    return this.#traces.length - this.#first
  }

  get(id: number): KeptTrace | undefined {
    const at = this.#indexOf(id)
    return at === undefined ? undefined : this.#traces[at]
  }

  /** One that is newer than all others. */
  push(trace: KeptTrace): void {
    this.#traces.push(trace)
  }

  /** Takes the place of the one that has its id, if there is one. */
  replace(trace: KeptTrace): void {
    const at = this.#indexOf(trace.id)
    if (at !== undefined) this.#traces[at] = trace
  }

  /** Adds some, each where its id belongs. */
  insert(traces: readonly KeptTrace[]): void {
    this.#traces = [...this, ...traces].sort((a, b) => a.id - b.id)
    this.#first = 0
  }

  /** Gives whether it was there. */
  delete(id: number): boolean {
    const at = this.#indexOf(id)
    if (at === undefined) return false
    // Those that are older move up: what goes is mostly the oldest, or nearly.
    this.#traces.copyWithin(this.#first + 1, this.#first, at)
    this.#traces[this.#first] = undefined
    this.#first += 1
    if (this.#first >= mostEmpty && this.#first * 2 >= this.#traces.length) this.#giveBack()
    return true
  }

  clear(): void {
    this.#traces = []
    this.#first = 0
  }

  /** The oldest, counted from 0. */
  at(index: number): KeptTrace | undefined {
    return this.#traces[this.#first + index]
  }

  [Symbol.iterator](): IterableIterator<KeptTrace> {
    return (this.#traces.slice(this.#first) as KeptTrace[]).values()
  }

  #giveBack(): void {
    this.#traces.splice(0, this.#first)
    this.#first = 0
  }

  #indexOf(id: number): number | undefined {
    let low = this.#first
    let high = this.#traces.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.#traces[middle]?.id ?? 0
      if (found === id) return middle
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }
}
