/** Files that may have changed once more; undefined for everything that is watched. */
export type Doubtful = readonly string[] | undefined

/** A second write may hide behind the event of the first, so what changed is looked at once more after so long. */
const secondLookMs = 100

/** Remembers what is to be looked at once more, until it is time to. */
export class SecondLooks {
  readonly #onDue: () => void
  readonly #timers = new Set<NodeJS.Timeout>()
  #due: { readonly files: Doubtful } | undefined

  /** @param onDue it is time for a look */
  constructor(onDue: () => void) {
    this.#onDue = onDue
  }

  get isDue(): boolean {
    return this.#due !== undefined
  }

  /** Each has a time of its own: a later one may be about other files. */
  add(files: Doubtful): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#due = { files: this.#due ? union(this.#due.files, files) : files }
      this.#onDue()
    }, secondLookMs).unref()
    this.#timers.add(timer)
  }

  /** What is to be looked at now; it is remembered no more. */
  take(): Doubtful {
    const files = this.#due?.files
    this.#due = undefined
    return files
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}

function union(some: Doubtful, others: Doubtful): Doubtful {
  return some && others && [...new Set([...some, ...others])]
}
