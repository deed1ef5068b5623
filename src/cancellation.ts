/** Told once that an answer is no longer wanted. It must not throw. */
export interface CancelListener {
  handleEvent(): void
}

/** What tells that an answer is no longer wanted. */
export type CancelSignal = AbortSignal | Cancellation

/**
 * An AbortController and its signal in one, for what every request needs and hardly any uses: making an AbortSignal and
 * listening to it costs more than routing a request. A real one is made when somebody asks for it.
 */
export class Cancellation {
  #isAborted = false
  #reason: unknown
  #listeners: Set<CancelListener> | undefined
  #controller: AbortController | undefined

  get aborted(): boolean {
    return this.#isAborted
  }

  get reason(): unknown {
    return this.#reason
  }

  /** The same as an AbortSignal. */
  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    this.#controller = new AbortController()
    if (this.#isAborted) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  /** Each listener is called once, at the most. */
  addEventListener(_type: 'abort', listener: CancelListener): void {
    if (!this.#isAborted) (this.#listeners ??= new Set()).add(listener)
  }

  removeEventListener(_type: 'abort', listener: CancelListener): void {
    this.#listeners?.delete(listener)
  }

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#reason = reason
    for (const listener of this.#listeners ?? []) listener.handleEvent()
    this.#listeners = undefined
    this.#controller?.abort(reason)
  }
}

/** The AbortSignal that a signal is or stands for. */
export function toAbortSignal(signal: CancelSignal): AbortSignal {
  return signal instanceof Cancellation ? signal.signal : signal
}
