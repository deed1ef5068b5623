import type { KeptTrace } from './kept-trace.js'
import { TraceRing } from './ring.js'

/** Longer than a page offers to take a clearing back. */
const keptMs = 15_000

/** What was cleared last, by id, for as long as it may be wanted back. */
export class SetAside {
  traces = new TraceRing()
  #number = 0
  #timer: NodeJS.Timeout | undefined

  /** Gives the number to ask for it by. What was set aside before is gone, unless there is nothing to take its place. */
  put(traces: TraceRing): number {
    if (traces.size === 0) return this.#number
    clearTimeout(this.#timer)
    this.traces = traces
    this.#timer = setTimeout(() => this.#forget(), keptMs).unref()
    return ++this.#number
  }

  /** Undefined if that is gone. */
  take(number: number): readonly KeptTrace[] | undefined {
    if (number !== this.#number || this.#timer === undefined) return undefined
    const traces = [...this.traces]
    this.#forget()
    return traces
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.traces = new TraceRing()
  }
}
