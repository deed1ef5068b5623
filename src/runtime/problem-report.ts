import type { Problem } from '../project/problem.js'
import type { ServerEvent } from './events.js'

/** Says what is wrong whenever that changes, and when all that kept the project from being served is gone. */
export class ProblemReport {
  readonly #onEvent: (event: ServerEvent) => void
  #last = '[]'
  #problems: readonly Problem[] = []
  /** Why what is on disk is not served; none if it is. */
  #blocking: readonly Problem[] = []

  constructor(onEvent: (event: ServerEvent) => void) {
    this.#onEvent = onEvent
  }

  /** All that is wrong now. */
  get problems(): readonly Problem[] {
    return this.#problems
  }

  get blocking(): readonly Problem[] {
    return this.#blocking
  }

  /** What is on disk cannot be served. */
  failed(blocking: readonly Problem[], others: readonly Problem[] = []): void {
    this.#blocking = blocking
    // What blocks may be among the others already.
    this.#show([...new Set([...blocking, ...others])])
  }

  /** What is on disk is served; `problems` concern single items. */
  served(problems: readonly Problem[]): void {
    const recovered = this.#blocking.length > 0
    this.#blocking = []
    if (recovered) this.#onEvent({ type: 'recovered' })
    this.#show(problems)
  }

  #show(problems: readonly Problem[]): void {
    const text = JSON.stringify(problems)
    if (text === this.#last) return
    this.#last = text
    this.#problems = problems
    this.#onEvent({ type: 'problems', problems })
  }
}
