import { Cancellation } from '../cancellation.js'
import { type Incoming, type Outcome, type Runner, discard } from '../exchange.js'
import { type Run, runAs } from '../service/current-run.js'
import { IdTable } from './id-table.js'
import { type FromServices, type OutcomeMessage, streamWindow } from './messages.js'

type Send = (message: FromServices, body?: Uint8Array | string) => void

interface Request {
  readonly id: number
  readonly incoming: Incoming
  readonly body: Uint8Array
}

interface Running {
  readonly id: number
  readonly run: Run
  readonly cancellation: Cancellation
  /** It was answered because of something that happened beside it; what it comes to itself is not told any more. */
  isFailed: boolean
  /** The head of its outcome is out. */
  isStreaming: boolean
  /** Bytes of a streamed body that may be sent now; the last piece may overdraw it. */
  credit: number
  /** Set while the body waits for credit. */
  resume?: (() => void) | undefined
}

/** The other half of RemoteDispatch: answers the requests of the process at the other end. */
export class RequestServer {
  readonly #runner: Runner
  readonly #send: Send
  readonly #running = new IdTable<Running>()

  constructor(runner: Runner, send: Send) {
    this.#runner = runner
    this.#send = send
  }

  run(request: Request): void {
    const { incoming } = request
    const run = { incoming, service: incoming.service }
    runAs(run, () => this.#run(request, run))
  }

  abort(id: number): void {
    const running = this.#running.get(id)
    if (!running) return
    runAs(running.run, () => running.cancellation.abort())
    running.resume?.()
  }

  /** Answers it at once, in place of whatever its service may yet come to. A body that is on its way breaks off. */
  fail(incoming: Incoming, outcome: Outcome): void {
    const id = this.idOf(incoming)
    const running = id === undefined ? undefined : this.#running.get(id)
    if (id === undefined || !running || running.isFailed) return
    running.isFailed = true
    if (running.isStreaming) this.#send({ type: 'end', id, error: 'The service failed beside it' })
    else this.#send({ type: 'outcome', id, ...outcome, body: 'none' })
    this.abort(id)
  }

  /** Of a request that is not answered yet, or not completely. */
  idOf(incoming: Incoming): number | undefined {
    return this.#running.values().find(({ run }) => run.incoming === incoming)?.id
  }

  credit(id: number, bytes: number): void {
    const running = this.#running.get(id)
    if (!running) return
    running.credit += bytes
    if (running.credit > 0) running.resume?.()
  }

  #run({ id, incoming, body }: Request, run: Run): void {
    const cancellation = new Cancellation()
    const running: Running = { id, run, cancellation, isFailed: false, isStreaming: false, credit: streamWindow }
    this.#running.set(running)
    const done = (outcome: Outcome) => this.#answer(running, outcome)
    this.#runner(incoming, body, { signal: cancellation, done })
  }

  #answer(running: Running, outcome: Outcome): void {
    const { id } = running
    const { statusCode, headers, problem, body } = outcome
    if (running.isFailed) {
      discard(outcome)
      this.#running.delete(running)
      return
    }
    const send = (kind: OutcomeMessage['body'], bytes?: Uint8Array | string) =>
      this.#send({ type: 'outcome', id, statusCode, headers, problem, body: kind }, bytes)
    if (body instanceof ReadableStream) {
      running.isStreaming = true
      send('stream')
      void this.#stream(running, body).finally(() => this.#running.delete(running))
      return
    }
    if (body === undefined) send('none')
    else send('bytes', body)
    this.#running.delete(running)
  }

  async #stream(running: Running, body: ReadableStream<Uint8Array>): Promise<void> {
    const { id } = running
    const { signal } = running.cancellation
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
