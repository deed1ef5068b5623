import type { CancelListener, CancelSignal } from '../cancellation.js'
import type { Incoming, Outcome, Runner } from '../exchange.js'
import { IdTable } from './id-table.js'
import type { FromServices, OutcomeMessage, ToServices } from './messages.js'
import { RemoteStream } from './remote-stream.js'

type Send = (message: ToServices, body?: Uint8Array) => void

/** A request that another process is answering. */
class Waiting implements CancelListener {
  readonly id: number
  readonly incoming: Incoming
  readonly done: (outcome: Outcome) => void
  stream: RemoteStream | undefined
  aborted = false
  readonly #signal: CancelSignal
  readonly #onAbort: (waiting: Waiting) => void

  constructor({ id, incoming, signal, done, onAbort }: WaitingParts) {
    this.id = id
    this.incoming = incoming
    this.done = done
    this.#signal = signal
    this.#onAbort = onAbort
    signal.addEventListener('abort', this)
  }

  handleEvent(): void {
    this.#onAbort(this)
  }

  /** Stops listening to the caller. */
  release(): void {
    this.#signal.removeEventListener('abort', this)
  }
}

interface WaitingParts {
  readonly id: number
  readonly incoming: Incoming
  readonly signal: CancelSignal
  readonly done: (outcome: Outcome) => void
  readonly onAbort: (waiting: Waiting) => void
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
  readonly #waiting = new IdTable<Waiting>()
  readonly #idle = new Set<() => void>()
  /** What is answered once the other process is gone. */
  #outcomeOf: ((id: number) => Outcome) | undefined
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
    return this.#waiting.values().map(({ id, incoming, aborted }) => ({ id, incoming, isAbandoned: aborted }))
  }

  readonly run: Runner = (incoming, body, { signal, done }) => {
    if (signal.aborted) {
      done(callerGone)
      return
    }
    const id = this.#waiting.nextId()
    if (this.#outcomeOf) {
      done(this.#outcomeOf(id))
      return
    }
    this.#waiting.set(new Waiting({ id, incoming, signal, done, onAbort: this.#abort }))
    this.#active++
    this.#send({ type: 'request', id, incoming }, body)
    this.#onWaiting()
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
    for (const waiting of this.#waiting.values()) {
      waiting.stream?.fail(new Error('The process of the services ended'))
      waiting.done(outcomeOf(waiting.id))
      this.#finish(waiting)
    }
  }

  #outcome({ id, statusCode, headers, problem, body: kind }: OutcomeMessage, bytes: Uint8Array): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    if (kind === 'stream') {
      waiting.stream = this.#stream(waiting)
      waiting.done({ statusCode, headers, problem, body: waiting.stream.readable })
    } else {
      waiting.done({ statusCode, headers, problem, body: kind === 'bytes' ? bytes : undefined })
      this.#finish(waiting)
    }
  }

  #stream(waiting: Waiting): RemoteStream {
    const { id } = waiting
    return new RemoteStream({
      onRead: (bytes) => this.#send({ type: 'credit', id, bytes }),
      onCancel: () => this.#abort(waiting),
    })
  }

  #end(id: number, error: string | undefined): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    if (error === undefined) waiting.stream?.end()
    else waiting.stream?.fail(new Error(error))
    this.#finish(waiting)
  }

  readonly #abort = (waiting: Waiting): void => {
    if (waiting.aborted || this.#waiting.get(waiting.id) !== waiting) return
    waiting.aborted = true
    this.#send({ type: 'abort', id: waiting.id })
    this.#settle()
  }

  #finish(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting)) return
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
