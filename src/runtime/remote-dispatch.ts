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

export interface RemoteRequest {
  readonly id: number
  readonly incoming: Incoming
  /** Nobody waits for its answer any more. */
  readonly isAbandoned: boolean
}

/** The status of a request whose caller went away before it was passed on; nobody reads it. */
const callerGone: Outcome = { statusCode: 499, headers: {} }

/** Runs requests in the process at the other end of a socket. */
export class RemoteDispatch {
  readonly #send: Send
  readonly #onWaiting: () => void
  readonly #waiting = new Map<number, Waiting>()
  readonly #idle = new Set<() => void>()
  /** What is answered once the other process is gone. */
  #outcomeOf: ((id: number) => Outcome) | undefined
  #lastId = 0
  /** Requests whose caller still waits. */
  #active = 0

  /** `onWaiting` is told of each request. */
  constructor(send: Send, onWaiting: () => void = () => undefined) {
    this.#send = send
    this.#onWaiting = onWaiting
  }

  /** Whether anybody waits for an answer. */
  get isBusy(): boolean {
    return this.#active > 0
  }

  /** What the other process is answering, for callers that have gone, too. */
  get requests(): readonly RemoteRequest[] {
    return [...this.#waiting].map(([id, { incoming, aborted }]) => ({ id, incoming, isAbandoned: aborted }))
  }

  readonly dispatch: Dispatch = (incoming, body, signal) => {
    if (signal.aborted) return Promise.resolve(callerGone)
    return new Promise((resolve) => {
      const id = ++this.#lastId
      if (this.#outcomeOf) {
        resolve(this.#outcomeOf(id))
        return
      }
      const listener = { handleEvent: () => this.#abort(id) }
      signal.addEventListener('abort', listener)
      const release = () => signal.removeEventListener('abort', listener)
      this.#waiting.set(id, { incoming, resolve, release, aborted: false })
      this.#active++
      this.#send({ type: 'request', id, incoming }, body)
      this.#onWaiting()
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

  /** The other process is gone: answers everything that waits for it, or will. */
  fail(outcomeOf: (id: number) => Outcome): void {
    this.#outcomeOf = outcomeOf
    for (const [id, waiting] of [...this.#waiting]) {
      waiting.stream?.fail(new Error('The process of the services ended'))
      waiting.resolve(outcomeOf(id))
      this.#finish(id)
    }
  }

  #outcome({ id, statusCode, headers, problem, body: kind }: OutcomeMessage, bytes: Uint8Array): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    if (kind === 'stream') {
      waiting.stream = this.#stream(id)
      waiting.resolve({ statusCode, headers, problem, body: waiting.stream.readable })
    } else {
      waiting.resolve({ statusCode, headers, problem, body: kind === 'bytes' ? bytes : undefined })
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
