/** Where requests wait while a new generation is being made, but no longer than a moment. */
export class Gate {
  readonly #maxMs: number
  #opened: Promise<void> | undefined
  #open: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(maxMs: number) {
    this.#maxMs = maxMs
  }

  /** Settles when requests may go on; undefined if they may at once. */
  get opened(): Promise<void> | undefined {
    return this.#opened
  }

  /** Makes requests wait from now on. One that is closed stays so, and still opens when it would have. */
  close(): void {
    if (this.#opened) return
    this.#opened = new Promise((resolve) => (this.#open = resolve))
    this.#timer = setTimeout(() => this.open(), this.#maxMs)
    this.#timer.unref()
  }

  open(): void {
    clearTimeout(this.#timer)
    this.#open?.()
    this.#open = undefined
    this.#opened = undefined
  }
}
