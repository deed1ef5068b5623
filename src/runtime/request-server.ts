import type { Dispatch, Incoming, Outcome } from '../exchange.js'
import { type FromServices, streamWindow } from './messages.js'

type Send = (message: FromServices, body?: Uint8Array) => void

interface Running {
  readonly controller: AbortController
  /** Bytes of a streamed body that may be sent now; the last piece may overdraw it. */
  credit: number
  /** Set while the body waits for credit. */
  resume?: (() => void) | undefined
}

/** The other half of RemoteDispatch: answers the requests of the process at the other end. */
export class RequestServer {
  readonly #dispatch: Dispatch
  readonly #send: Send
  readonly #running = new Map<number, Running>()

  constructor(dispatch: Dispatch, send: Send) {
    this.#dispatch = dispatch
    this.#send = send
  }

  async run(request: { readonly id: number; readonly incoming: Incoming; readonly body: Uint8Array }): Promise<void> {
    const { id, incoming, body } = request
    const running: Running = { controller: new AbortController(), credit: streamWindow }
    this.#running.set(id, running)
    const outcome = await this.#dispatch(incoming, body, running.controller.signal)
    await this.#answer({ id, running, outcome })
    this.#running.delete(id)
  }

  abort(id: number): void {
    const running = this.#running.get(id)
    running?.controller.abort()
    running?.resume?.()
  }

  credit(id: number, bytes: number): void {
    const running = this.#running.get(id)
    if (!running) return
    running.credit += bytes
    if (running.credit > 0) running.resume?.()
  }

  async #answer({ id, running, outcome }: { id: number; running: Running; outcome: Outcome }): Promise<void> {
    const { statusCode, headers, problem, body } = outcome
    const head = { type: 'outcome' as const, id, statusCode, headers, problem }
    if (body instanceof ReadableStream) {
      this.#send({ ...head, body: 'stream' })
      await this.#stream({ id, running, body })
    } else if (body) {
      this.#send({ ...head, body: 'bytes' }, body)
    } else {
      this.#send({ ...head, body: 'none' })
    }
  }

  async #stream({
    id,
    running,
    body,
  }: {
    id: number
    running: Running
    body: ReadableStream<Uint8Array>
  }): Promise<void> {
    const { signal } = running.controller
    const reader = body.getReader()
    const cancel = () => void reader.cancel(signal.reason).catch(() => undefined)
    if (signal.aborted) cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        if (!(piece.value instanceof Uint8Array)) throw new TypeError('A piece of a streamed body is not bytes')
        this.#send({ type: 'chunk', id }, piece.value)
        running.credit -= piece.value.length
        if (running.credit <= 0 && !signal.aborted) await new Promise<void>((resolve) => (running.resume = resolve))
      }
      this.#send({ type: 'end', id })
    } catch (error) {
      this.#send({ type: 'end', id, error: error instanceof Error ? error.message : String(error) })
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}
