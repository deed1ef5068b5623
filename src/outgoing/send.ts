import { setMaxListeners } from 'node:events'
import type { Limited } from '../deadlines.js'
import { type BodySink, type BodySource, Collector } from './body-sink.js'
import { openBody } from './decode.js'
import type { Failure, FailureReason } from './failure-reason.js'
import type { Lane, LaneTask } from './lane.js'
import type { Ending, Outbound, Reply, SendOptions } from './message.js'
import { PayloadStream } from './payload-stream.js'
import type { SocketPool } from './pool.js'
import type { Proxy } from './proxy-choice.js'
import { Progress } from './progress.js'
import { ReplyHead } from './reply-headers.js'
import { StreamBody, type StreamOwner } from './stream-body.js'
import { isTlsCode } from './tls-failure.js'
import { ProxyRefusal } from './tunnel.js'

/** Before there is one. */
const noHead = new ReplyHead([])

interface Sending {
  readonly options: SendOptions
  /** Called once. A failure is a result like a reply. */
  readonly resolve: (result: Reply | Failure) => void
}

/** Sends a request once. */
export function send(pool: SocketPool, outbound: Outbound, sending: Sending): void {
  new Attempt(pool, outbound, sending).start()
}

/**
 * One request on its way. undici gets it both as the options and as the handler of a dispatch, and calls the handler's
 * older interface, which hands headers and pieces over as they came.
 */
class Attempt implements LaneTask, StreamOwner, BodySource, Limited {
  place = -1
  dueAt = 0
  readonly method: string
  readonly path: string
  readonly headers: string[]
  readonly body: Exclude<LaneTask['body'], undefined>
  lane: Lane | undefined
  readonly #pool: SocketPool
  readonly #options: SendOptions
  readonly #payload: Outbound['body']
  readonly #resolve: Sending['resolve']
  readonly #progress = new Progress()
  /** Of the whole attempt, or of each silence. */
  #limitMs = 0
  /** Destroys the socket; set while undici holds the request. */
  #abort: ((error: Error) => void) | undefined
  #resume: (() => void) | undefined
  #isReused = false
  /** A byte of the reply has come. */
  #isAnswered = false
  #isOver = false
  #statusCode = 0
  #head = noHead
  #sink: BodySink | undefined
  #stream: StreamBody | undefined
  #endStream: ((ending: Ending) => void) | undefined

  constructor(pool: SocketPool, outbound: Outbound, { options, resolve }: Sending) {
    this.method = outbound.method
    const { forwarder } = pool
    this.path = forwarder ? pool.origin + outbound.path : outbound.path
    this.headers = forwarder ? [...outbound.headers, ...proxyHeaders(forwarder)] : outbound.headers
    // undici takes async iterables too; its types do not say so.
    this.body = (outbound.body ?? null) as Attempt['body']
    this.#pool = pool
    this.#options = options
    this.#payload = outbound.body
    this.#resolve = resolve
  }

  start(): void {
    const { signals, timeoutMs, isUpload } = this.#options
    for (const signal of signals) {
      // One service may make many calls at once; that is no leak to be warned of.
      if (signal instanceof AbortSignal) setMaxListeners(0, signal)
      signal.addEventListener('abort', this)
    }
    this.#limitMs = timeoutMs
    this.#pool.deadlines.start(this, timeoutMs)
    if (isUpload === true && this.#payload instanceof PayloadStream) this.#payload.onPiece = () => this.touch()
    this.#pool.run(this)
  }

  onDue(): void {
    this.fail({ kind: 'timeout' })
  }

  /** A signal was aborted. */
  handleEvent(): void {
    const signal = this.#options.signals.find(({ aborted }) => aborted)
    this.fail({ kind: 'aborted', cause: signal?.reason as unknown })
  }

  // What undici calls, in this order.

  onConnect(abort: (error?: Error) => void): void {
    // To throw here keeps the socket: nothing has been sent on it.
    if (this.#isOver) throw new Error('Abandoned')
    this.#isReused = this.lane?.takeSocket() ?? false
    this.#abort = abort
    this.#progress.socket = this.lane?.socket
    this.#progress.opening = this.lane?.opening
    this.#progress.socketAt = performance.now()
  }

  onRequestSent(): void {
    this.#progress.sentAt = performance.now()
  }

  onResponseStarted(): void {
    this.#isAnswered = true
  }

  onHeaders(statusCode: number, rawHeaders: Buffer[], resume: () => void): boolean {
    if (statusCode < 200) return true
    this.#progress.headAt = performance.now()
    this.#resume = resume
    if (statusCode === 407 && this.#pool.forwarder) {
      this.fail({ kind: 'error', error: new ProxyRefusal(statusCode) })
      return true
    }
    this.#statusCode = statusCode
    this.#head = new ReplyHead(rawHeaders)
    this.#openBody()
    return true
  }

  onData(piece: Buffer): boolean {
    if (this.#stream || this.#options.isUpload) this.touch()
    return this.#sink?.write(piece) ?? false
  }

  onComplete(): void {
    this.#undiciIsDone()
    this.lane?.release()
    this.#sink?.end()
  }

  onError(error: Error): void {
    this.#undiciIsDone()
    if (this.#isLengthOfNoBody(error)) this.#sink?.end()
    else this.fail({ kind: 'error', error: this.#alert() ?? error })
    this.lane?.release()
  }

  // What the flow of the body calls.

  resume(): void {
    this.#resume?.()
  }

  finish(body: Uint8Array | undefined, size: number): void {
    if (this.#isOver) return
    this.#settle()
    const ending = { size, progress: this.#progress }
    if (this.#stream) this.#endStream?.(ending)
    else if (body) this.#resolve(this.#reply(body, ending))
  }

  fail(reason: FailureReason): void {
    if (this.#isOver) return
    const failure = this.#failure(reason)
    this.#settle()
    this.#letGo(reason)
    if (this.#stream) this.#breakOff(this.#stream, failure)
    else this.#resolve(failure)
    this.#sink?.destroy()
  }

  /** With a stream, each piece and each read starts the clock again. */
  touch(): void {
    if (!this.#isOver) this.#pool.deadlines.start(this, this.#limitMs)
  }

  /** The reader of the stream has had enough. */
  cancel(size: number): void {
    if (this.#isOver) return
    this.#settle()
    this.#dropSocket()
    this.#sink?.destroy()
    this.#endStream?.({ size, progress: this.#progress })
  }

  #openBody(): void {
    const { maxSize } = this.#options
    const stream = this.#options.stream ? new StreamBody(maxSize, this) : undefined
    const sink = openBody(stream ?? new Collector(maxSize, this), {
      head: this.#head,
      isExpected: this.method !== 'HEAD' && !bodiless.has(this.#statusCode),
      owner: this,
      maxSize,
    })
    if (!sink) return
    sink.source = this
    this.#sink = sink
    if (stream) this.#startStream(stream)
  }

  /** Why the peer broke off TLS, if it said so. */
  #alert(): Error | undefined {
    const error: NodeJS.ErrnoException | undefined = this.lane?.socketError
    return error && isTlsCode(error.code ?? '') ? error : undefined
  }

  /** A 304 may tell the length of the body that it leaves out; undici takes that for a body that is cut short. */
  #isLengthOfNoBody(error: NodeJS.ErrnoException): boolean {
    return error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && bodiless.has(this.#statusCode)
  }

  /** From now on a failure breaks the stream off; before, it is the result of the call. */
  #startStream(body: StreamBody): void {
    this.#stream = body
    const ended = new Promise<Ending>((resolve) => (this.#endStream = resolve))
    this.touch()
    this.#resolve(this.#reply(body.stream, ended))
  }

  #breakOff(stream: StreamBody, failure: Failure): void {
    const error = this.#options.explain(failure)
    stream.fail(error)
    this.#endStream?.({ size: stream.size, progress: this.#progress, error })
  }

  #reply(body: Reply['body'], ended: Reply['ended']): Reply {
    return { statusCode: this.#statusCode, head: this.#head, body, ended }
  }

  #failure(reason: FailureReason): Failure {
    const progress = this.#progress
    if (progress.socketAt === undefined) progress.opening = this.lane?.opening
    const isStale = this.#isReused && !this.#isAnswered && isDroppedSocket(reason)
    return { reason, phase: progress.phase, isStale, isReused: this.#isReused, progress }
  }

  /** Takes the request away from whoever has it. */
  #letGo(reason: FailureReason): void {
    if (this.#progress.socketAt !== undefined) this.#dropSocket()
    else if (!this.lane) this.#pool.forget(this)
    else if (reason.kind !== 'error') this.lane.abandon()
  }

  #dropSocket(): void {
    if (this.#abort) this.lane?.drop(this.#abort)
  }

  #undiciIsDone(): void {
    this.#abort = undefined
    this.#resume = undefined
  }

  /** Nothing more is waited for. */
  #settle(): void {
    this.#isOver = true
    this.#progress.endedAt = performance.now()
    this.#pool.deadlines.end(this)
    if (this.#payload instanceof PayloadStream) this.#payload.cancel()
    for (const signal of this.#options.signals) signal.removeEventListener('abort', this)
  }
}

function proxyHeaders({ authorization }: Proxy): string[] {
  return authorization === undefined ? [] : ['Proxy-Authorization', authorization]
}

/** Statuses whose replies have no body, whatever their headers say. */
const bodiless = new Set([204, 304])

const dropped = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED'])

function isDroppedSocket(reason: FailureReason): boolean {
  return reason.kind === 'error' && dropped.has((reason.error as NodeJS.ErrnoException).code ?? '')
}
