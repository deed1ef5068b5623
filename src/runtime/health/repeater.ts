interface RepeaterOptions {
  readonly intervalMs: number
  /** Must not reject. */
  readonly task: (signal: AbortSignal) => Promise<void>
}

/** Tasks of one interval begin at different times, at most so far apart. */
const longestJitterMs = 5000
/** A timer that is set to more fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** Runs a task again and again, never twice at once: each time an interval after the last began, or else once it has ended. */
export class Repeater {
  readonly intervalMs: number
  readonly #task: RepeaterOptions['task']
  readonly #life = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  constructor({ intervalMs, task }: RepeaterOptions) {
    this.intervalMs = intervalMs
    this.#task = task
    this.#wait(Math.random() * Math.min(intervalMs, longestJitterMs))
  }

  /** Aborts the task that runs, and runs none any more. */
  async close(): Promise<void> {
    this.#life.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  #wait(ms: number): void {
    if (this.#life.signal.aborted) return
    const now = Math.min(ms, longestTimerMs)
    this.#timer = setTimeout(() => {
      if (ms > now) this.#wait(ms - now)
      else this.#running = this.#run()
    }, now)
  }

  async #run(): Promise<void> {
    const startedAt = performance.now()
    await this.#task(this.#life.signal)
    this.#wait(Math.max(0, this.intervalMs - (performance.now() - startedAt)))
  }
}
