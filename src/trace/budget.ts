interface BudgetLimits {
  /** How many at once. */
  readonly burst: number
  /** How many a second, in the long run. */
  readonly perSecond: number
  /** Of bodies, a second. */
  readonly bytesPerSecond: number
}

const defaults: BudgetLimits = { burst: 100, perSecond: 20, bytesPerSecond: 4 * 1024 * 1024 }

/** What may be recorded in full: all that a person does, and of a load so much that it is not slowed down. */
export class DetailBudget {
  readonly #limits: BudgetLimits
  #traces: number
  #bytes: number
  #lookedAt = performance.now()

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.#limits = { ...defaults, ...limits }
    this.#traces = this.#limits.burst
    this.#bytes = this.#limits.bytesPerSecond
  }

  /** Whether one more may be recorded in full. @param now of `performance.now()` */
  take(now = performance.now()): boolean {
    const { burst, perSecond, bytesPerSecond } = this.#limits
    const seconds = (now - this.#lookedAt) / 1000
    this.#lookedAt = now
    this.#traces = Math.min(burst, this.#traces + seconds * perSecond)
    this.#bytes = Math.min(bytesPerSecond, this.#bytes + seconds * bytesPerSecond)
    if (this.#traces < 1 || this.#bytes <= 0) return false
    this.#traces -= 1
    return true
  }

  /** So many bytes were kept. */
  spend(bytes: number): void {
    this.#bytes -= bytes
  }
}
