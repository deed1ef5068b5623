import type { ServerEvent } from '../../shared/api.js'

const mostEvents = 5000

/** The last events, numbered, each as the text that streams carry: who was away for a moment misses none. */
export class EventLog {
  readonly #texts: string[] = []
  #last = 0
  /** What is up to this one cannot be told any more. */
  #forgotten = 0

  /** Number of the last event; 0 before the first. */
  get last(): number {
    return this.#last
  }

  /** Numbers an event; gives its text. */
  add(event: ServerEvent): string {
    this.#last += 1
    const text = eventText(event, this.#last)
    this.#texts.push(text)
    if (this.#texts.length >= mostEvents * 1.2) {
      this.#forgotten += this.#texts.splice(0, this.#texts.length - mostEvents).length
    }
    return text
  }

  /** All that came after this one; undefined if that cannot be told. */
  since(number: number): readonly string[] | undefined {
    if (number < this.#forgotten || number > this.#last) return undefined
    return this.#texts.slice(number - this.#forgotten)
  }

  /** Something may have happened that no event tells of. */
  forget(): void {
    this.#last += 1
    this.#texts.length = 0
    this.#forgotten = this.#last
  }
}

/** As `text/event-stream` has it. JSON holds no line break. */
export function eventText(event: ServerEvent, number?: number): string {
  return `${number === undefined ? '' : `id: ${number}\n`}data: ${JSON.stringify(event)}\n\n`
}
