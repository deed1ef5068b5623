import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A save may be several events: nothing for this long, and it is over. */
const quietMs = 4
/** The longest that a burst of events holds up a build. */
const burstMs = 10
/** A file that is gone or empty is, most of the time, being written anew. */
const halfDoneMs = 200

/** Files that changed and that nobody has dealt with yet. */
export class Changes {
  #files = new Set<string>()
  #first = 0
  #last = 0
  #onNotice: (() => void)[] = []

  get pending(): boolean {
    return this.#files.size > 0
  }

  notice(file: string): void {
    this.#last = performance.now()
    if (this.#files.size === 0) this.#first = this.#last
    this.#files.add(file)
    for (const resolve of this.#onNotice.splice(0)) resolve()
  }

  /** Resolves at the next change, at once if one is pending. */
  noticed(): Promise<void> {
    return this.pending ? Promise.resolve() : new Promise((resolve) => this.#onNotice.push(resolve))
  }

  /** Waits for the end of the burst and takes what has changed. */
  async take(): Promise<string[]> {
    while (this.pending && this.#since(this.#last) < quietMs && this.#since(this.#first) < burstMs) await sleep(1)
    while (this.#since(this.#first) < halfDoneMs && (await this.#isHalfDone())) await sleep(5)
    const files = [...this.#files]
    this.#files = new Set()
    return files
  }

  async #isHalfDone(): Promise<boolean> {
    const sizes = await Promise.all(
      [...this.#files].map((file) =>
        stat(file).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    )
    return sizes.includes(0)
  }

  #since(time: number): number {
    return performance.now() - time
  }
}
