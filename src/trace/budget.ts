/** How much may be recorded in full: so much a second that nobody looks at more. */
export class DetailBudget {
  readonly #most: number
  readonly #mostBytes: number
  #second = 0
  #taken = 0
  #bytes = 0

  constructor({ traces = 200, bytes = 4 * 1024 * 1024 }: { traces?: number; bytes?: number } = {}) {
    this.#most = traces
    this.#mostBytes = bytes
  }

  /** Whether one more may be recorded in full. @param now of `performance.now()` */
  take(now = performance.now()): boolean {
    const second = Math.floor(now / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#taken = 0
      this.#bytes = 0
    }
    if (this.#taken >= this.#most || this.#bytes >= this.#mostBytes) return false
    this.#taken += 1
    return true
  }

  /** So many bytes were kept. */
  spend(bytes: number): void {
    this.#bytes += bytes
  }
}
