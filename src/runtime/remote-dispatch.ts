import type { Dispatch, Incoming, Outcome } from '../exchange.js'
import type { FromServices, OutcomeMessage, ToServices } from './messages.js'
import { RemoteStream } from './remote-stream.js'

type Send = (message: ToServices, body?: Uint8Array) => void

/** A request that another process is answering. */
interface Waiting {
  readonly incoming: Incoming
  readonly resolve: (outcome: Outcome) => void
  /** Stops listening to the caller. */
  readonly release: () => void
  stream?: RemoteStream
  aborted: boolean
}

/** The status of a request whose caller went away before it was passed on; nobody reads it. */
const callerGone: Outcome = { statusCode: 499, headers: {} }

/** Runs requests in the process at the other end of a socket. */
export class RemoteDispatch {
  readonly #send: Send
  readonly #waiting = new Map<number, Waiting>()
  readonly #idle = new Set<() => void>()
  #lastId = 0
  /** Requests whose caller still waits. */
  #active = 0

  constructor(send: Send) {
    this.#send = send
  }

  readonly dispatch: Dispatch = (incoming, body, signal) => {
    if (signal.aborted) return Promise.resolve(callerGone)
    return new Promise((resolve) => {
      const id = ++this.#lastId
      const onAbort = () => this.#abort(id)
      signal.addEventListener('abort', onAbort, { once: true })
      const release = () => signal.removeEventListener('abort', onAbort)
      this.#waiting.set(id, { incoming, resolve, release, aborted: false })
      this.#active++
      this.#send({ type: 'request', id, incoming }, body)
    })
  }

  /** Takes what concerns requests out of the messages of the other process. */
  receive(message: FromServices, body: Uint8Array): void {
    if (message.type === 'outcome') this.#outcome(message, body)
    else if (message.type === 'chunk') this.#waiting.get(message.id)?.stream?.push(body)
    else if (message.type === 'end') this.#end(message.id, message.error)
  }

  /** Resolves once nobody waits for an answer any more, at once if nobody does. */
  idle(): Promise<void> {
    return this.#active === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.add(resolve))
  }

  /** The other process is gone: answers everything that waits for it, and gives what that was. */
  fail(outcome: Outcome): Incoming[] {
    const lost = [...this.#waiting]
    for (const [id, waiting] of lost) {
      waiting.stream?.fail(new Error('The process of the services ended'))
      waiting.resolve(outcome)
      this.#finish(id)
    }
    return lost.filter(([, { aborted }]) => !aborted).map(([, { incoming }]) => incoming)
  }

  #outcome({ id, statusCode, headers, problem, body: kind }: OutcomeMessage, bytes: Uint8Array): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    const head = { statusCode, headers, ...(problem && { problem }) }
    if (kind === 'stream') {
      waiting.stream = this.#stream(id)
      waiting.resolve({ ...head, body: waiting.stream.readable })
    } else {
      waiting.resolve(kind === 'bytes' ? { ...head, body: bytes } : head)
      this.#finish(id)
    }
  }

  #stream(id: number): RemoteStream {
    return new RemoteStream({
      onRead: (bytes) => this.#send({ type: 'credit', id, bytes }),
      onCancel: () => this.#abort(id),
    })
  }

  #end(id: number, error: string | undefined): void {
    const stream = this.#waiting.get(id)?.stream
    if (error === undefined) stream?.end()
    else stream?.fail(new Error(error))
    this.#finish(id)
  }

  #abort(id: number): void {
    const waiting = this.#waiting.get(id)
    if (!waiting || waiting.aborted) return
    waiting.aborted = true
    this.#send({ type: 'abort', id })
    this.#settle()
  }

  #finish(id: number): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    waiting.release()
    if (!waiting.aborted) this.#settle()
  }

  #settle(): void {
    this.#active--
    if (this.#active > 0) return
    for (const resolve of this.#idle) resolve()
    this.#idle.clear()
  }
}
