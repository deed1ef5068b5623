import { AsyncResource } from 'node:async_hooks'
import { type Listed, UnorderedList } from './unordered-list.js'

/** What must be over in time. */
export interface Limited extends Listed {
  /** When its time is up, by `performance.now()`; set by whoever limits it. */
  dueAt: number
  /** Its time is up. Called once. */
  onDue(): void
}

/** The longest that a timer of Node can wait. */
const longestMs = 2 ** 31 - 1

/**
 * Limits the time of many things with one timer. Nearly all of them end long before their time is up, so that a timer for each would
 * be made and thrown away thousands of times a second; this one is set anew when it fires, or for what is due sooner.
 */
export class Deadlines {
  readonly #limited = new UnorderedList<Limited>()
  /** Whoever is under way when the timer is set has nothing to do with what it ends. */
  readonly #nobody = new AsyncResource('Deadlines')
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY

  /** Limits it to so many milliseconds from now; from the start again, if it was limited already. */
  start(limited: Limited, ms: number): void {
    limited.dueAt = performance.now() + ms
    if (!this.#limited.has(limited)) this.#limited.add(limited)
    if (limited.dueAt < this.#timerAt) this.#setTimer(limited.dueAt)
  }

  /** It is over. */
  end(limited: Limited): void {
    this.#limited.delete(limited)
  }

  #setTimer(at: number): void {
    clearTimeout(this.#timer)
    this.#timerAt = at
    const ms = Math.min(Math.ceil(at - performance.now()), longestMs)
    // What is waited for keeps the process alive, not that it is limited.
    this.#nobody.runInAsyncScope(() => (this.#timer = setTimeout(this.#look, ms).unref()))
  }

  readonly #look = (): void => {
    const now = performance.now()
    let next = Number.POSITIVE_INFINITY
    this.#timerAt = next
    const due: Limited[] = []
    for (const limited of this.#limited) {
      if (limited.dueAt > now) next = Math.min(next, limited.dueAt)
      else due.push(limited)
    }
    if (next < this.#timerAt) this.#setTimer(next)
    // What one of them ends may end others, or begin anew.
    for (const limited of due) if (limited.dueAt <= now && this.#limited.delete(limited)) end(limited)
  }
}

/** An error of one keeps no other from its end; nobody catches it. */
function end(limited: Limited): void {
  try {
    limited.onDue()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
