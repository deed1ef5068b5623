interface BudgetLimits {
  /** How many at once, as long as requests do not come in a flood. */
  readonly burst: number
  /** How many a second, in the long run. */
  readonly perSecond: number
  /** So many requests more than come at `calmPerMs` are a flood. */
  readonly flood: number
  /** How many a second of a flood. */
  readonly perSecondOfFlood: number
  /** Of bodies, a second. */
  readonly bytesPerSecond: number
}

const defaults: BudgetLimits = {
  burst: 100,
  perSecond: 20,
  flood: 30,
  perSecondOfFlood: 2,
  bytesPerSecond: 4 * 1024 * 1024,
}

/** So many requests a millisecond are no flood, however long they go on. */
const calmPerMs = 1

/**
 * What may be recorded in full: all that a person does, and of a load so much that it is not slowed down. To record one request in full
 * holds up those beside it, so that more than a few a second would be what the slowest hundredth of a flood waits for.
 */
export class DetailBudget {
  readonly #limits: BudgetLimits
  #traces: number
  #bytes: number
  /** How many requests have come lately beyond those that are no flood. */
  #excess = 0
  #lookedAt = performance.now()

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.#limits = { ...defaults, ...limits }
    this.#traces = this.#limits.burst
    this.#bytes = this.#limits.bytesPerSecond
  }

  /** A request has come: whether it may be recorded in full. @param now of `performance.now()` */
  take(now = performance.now()): boolean {
    const { bytesPerSecond, flood, perSecondOfFlood } = this.#limits
    const ms = now - this.#lookedAt
    this.#lookedAt = now
    // No more than twice, so that calm after a flood is soon seen as such.
    this.#excess = Math.min(Math.max(0, this.#excess - ms * calmPerMs) + 1, flood * 2)
    const { burst, perSecond } = this.#excess > flood ? { burst: 1, perSecond: perSecondOfFlood } : this.#limits
    this.#traces = Math.min(burst, this.#traces + (ms / 1000) * perSecond)
    this.#bytes = Math.min(bytesPerSecond, this.#bytes + (ms / 1000) * bytesPerSecond)
    if (this.#traces < 1 || this.#bytes <= 0) return false
    this.#traces -= 1
    return true
  }

  /** So many bytes were kept. */
  spend(bytes: number): void {
    this.#bytes -= bytes
  }
}
