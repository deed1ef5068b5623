import { load } from './wrk.js'

/** Load that goes on until it is stopped, or until one of its requests fails. */
export class Loading {
  readonly #done: Promise<unknown>
  #isStopped = false
  /** Nothing is sent any more. */
  isOver = false

  constructor(url: string) {
    this.#done = this.#run(url).catch((error: unknown) => error)
  }

  /** @throws what a request failed with */
  async stop(): Promise<void> {
    this.#isStopped = true
    const error = await this.#done
    if (error !== undefined) throw error as Error
  }

  async #run(url: string): Promise<void> {
    try {
      while (!this.#isStopped) await load(url, { seconds: 2 })
    } finally {
      this.isOver = true
    }
  }
}
