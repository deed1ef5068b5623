/** More than that, and whoever waits is told. */
const mostHeld = 1000

/** What is not to be shown before something else has been, in its order. */
export class HeldBack {
  #waiting: (() => void)[] | undefined = []

  /** Shows it now, or once the others are let go. */
  push(show: () => void): void {
    if (!this.#waiting) {
      show()
      return
    }
    this.#waiting.push(show)
    if (this.#waiting.length >= mostHeld) this.release()
  }

  /** Nothing is held back any more. */
  release(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const show of waiting) show()
  }
}
