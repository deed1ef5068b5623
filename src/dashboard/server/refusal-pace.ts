import { setTimeout as sleep } from 'node:timers/promises'

const mostFree = 20
const windowMs = 60_000
const delayMs = 1000

/** Slows down whoever tries tokens: of those refused within a minute, each after the twentieth waits for a second. */
export class RefusalPace {
  #count = 0
  #since = -Infinity

  async refused(): Promise<void> {
    const now = performance.now()
    if (now - this.#since > windowMs) {
      this.#since = now
      this.#count = 0
    }
    this.#count += 1
    if (this.#count > mostFree) await sleep(delayMs, undefined, { ref: false })
  }
}
