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
  /** Hardly ever is there more than one at a time, and a Set costs more than all else here. */
  #listener: CancelListener | undefined
  #others: Set<CancelListener> | undefined
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
    if (this.#isAborted) return
    if (this.#listener && this.#listener !== listener) (this.#others ??= new Set()).add(listener)
    else this.#listener = listener
  }

  removeEventListener(_type: 'abort', listener: CancelListener): void {
    if (this.#listener === listener) this.#listener = undefined
    else this.#others?.delete(listener)
  }

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#reason = reason
    const listener = this.#listener
    this.#listener = undefined
    listener?.handleEvent()
    for (const other of this.#others ?? []) other.handleEvent()
    this.#others = undefined
    this.#controller?.abort(reason)
  }
}

/** The AbortSignal that a signal is or stands for. */
export function toAbortSignal(signal: CancelSignal): AbortSignal {
  return signal instanceof Cancellation ? signal.signal : signal
}
