interface StallWatchOptions {
  /** Whether anybody waits for the process. */
  readonly isBusy: () => boolean
  /** Asks the event loop of the process for a sign of life. */
  readonly ping: () => void
  /** Called once. */
  readonly onStall: () => void
}

const longestTickMs = 500

/**
 * Finds out that the event loop of another process does not turn, while somebody waits for it. Time counts by ticks of a
 * timer of this process: while this process itself is stopped or asleep, nothing is held against the other one.
 */
export class StallWatch {
  readonly #options: StallWatchOptions
  #limitMs = 0
  #tickMs = 0
  #timer: NodeJS.Timeout | undefined
  #lastTick = 0
  #isAsked = false
  #silentMs = 0

  constructor(options: StallWatchOptions) {
    this.#options = options
  }

  /** Sets how long is too long; 0 for never. */
  limit(seconds: number): void {
    this.#limitMs = seconds * 1000
    this.#tickMs = Math.min(Math.max(this.#limitMs / 10, 10), longestTickMs)
  }

  /** To be called whenever somebody begins to wait. It goes on until nobody does. */
  start(): void {
    if (this.#timer || this.#limitMs === 0) return
    this.#lastTick = performance.now()
    this.#isAsked = false
    this.#timer = setInterval(() => this.#tick(), this.#tickMs).unref()
  }

  /** The sign of life. */
  answered(): void {
    this.#isAsked = false
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    const { isBusy, ping, onStall } = this.#options
    const now = performance.now()
    const passed = Math.min(now - this.#lastTick, 2 * this.#tickMs)
    this.#lastTick = now
    if (!isBusy()) this.stop()
    else if (this.#isAsked) this.#silentMs += passed
    else {
      this.#isAsked = true
      this.#silentMs = 0
      ping()
    }
    if (!this.#timer || !this.#isAsked || this.#silentMs < this.#limitMs) return
    this.stop()
    this.#limitMs = 0
    onStall()
  }
}
