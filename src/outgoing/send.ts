import { type BodyOwner, type BodySink, type BodySource, Collector } from './body-sink.js'
import { Decoder, readCodings } from './decode.js'
import type { FailurePhase, OutgoingError } from './errors.js'
import type { Failure, FailureReason } from './failure-reason.js'
import { PayloadStream } from './payload-stream.js'
import { type Marks, type Opening, openingPhase } from './phases.js'
import type { Lane, PoolTask, SocketPool } from './pool.js'
import { type ReplyHeaders, readHeaders } from './reply-headers.js'
import { StreamBody } from './stream-body.js'

/** A request, ready to be sent. */
export interface Outbound {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: Uint8Array | PayloadStream | undefined
}

export interface SendOptions {
  /** From now to the last byte of the reply; with `stream` to its head, and then each silence. */
  readonly timeoutMs: number
  /** Each of them aborts it. */
  readonly signals: readonly AbortSignal[]
  /** Bytes of the body, coded and decoded. */
  readonly maxSize: number
  /** Makes the body a stream, which fails with what `explain` makes of a failure. */
  readonly stream: boolean
  explain(failure: Failure): OutgoingError
}

/** What came back. */
export interface Reply {
  readonly statusCode: number
  readonly headers: ReplyHeaders
  readonly body: Uint8Array | ReadableStream<Uint8Array>
  /** Settles with the last byte: the size of the body, decoded, and when what happened. Never rejects. */
  readonly ended: Ending | Promise<Ending>
}

export interface Ending {
  readonly size: number
  readonly marks: Marks
  /** Only of a stream: why it broke off. */
  readonly error?: OutgoingError
}

/** Sends a request once. Never rejects: a failure is a result like a reply. */
export function send(pool: SocketPool, outbound: Outbound, options: SendOptions): Promise<Reply | Failure> {
  return new Promise((resolve) => {
    new Attempt(pool, { outbound, options, resolve }).start()
  })
}

interface AttemptParts {
  readonly outbound: Outbound
  readonly options: SendOptions
  readonly resolve: (result: Reply | Failure) => void
}

/** How far it is; it only moves forward. */
type Stage = 'waiting' | 'sent' | 'receiving' | 'over'

/**
 * One request on its way. undici gets it both as the options and as the handler of a dispatch, and calls the handler's
 * older interface, which hands headers and pieces over as they came.
 */
class Attempt implements PoolTask, BodyOwner, BodySource {
  readonly method: string
  readonly path: string
  readonly headers: string[]
  readonly body: Exclude<PoolTask['body'], undefined>
  lane: Lane | undefined
  readonly #pool: SocketPool
  readonly #options: SendOptions
  readonly #payload: Outbound['body']
  readonly #resolve: AttemptParts['resolve']
  #stage: Stage = 'waiting'
  #timer: NodeJS.Timeout | undefined
  /** Destroys the socket; set while undici holds the request. */
  #abort: ((error: Error) => void) | undefined
  #resume: (() => void) | undefined
  #sink: BodySink | undefined
  #stream: StreamBody | undefined
  #endStream: ((ending: Ending) => void) | undefined
  #statusCode = 0
  #replyHeaders: ReplyHeaders = {}
  #isReused = false
  /** A byte of the reply has come. */
  #isAnswered = false
  readonly #startedAt = performance.now()
  #opening: Opening | undefined
  #socketAt: number | undefined
  #sentAt: number | undefined
  #headAt: number | undefined

  constructor(pool: SocketPool, { outbound, options, resolve }: AttemptParts) {
    this.method = outbound.method
    this.path = outbound.path
    this.headers = outbound.headers
    // undici takes async iterables too; its types do not say so.
    this.body = (outbound.body ?? null) as Attempt['body']
    this.#pool = pool
    this.#options = options
    this.#payload = outbound.body
    this.#resolve = resolve
  }

  start(): void {
    const { signals, timeoutMs } = this.#options
    for (const signal of signals) signal.addEventListener('abort', this)
    this.#timer = setTimeout(failInTime, timeoutMs, this)
    this.#pool.run(this)
  }

  /** A signal was aborted. */
  handleEvent({ target }: Event): void {
    this.fail({ kind: 'aborted', cause: (target as AbortSignal).reason as unknown })
  }

  // What undici calls, in this order.

  onConnect(abort: (error?: Error) => void): void {
    // To throw here keeps the socket: nothing has been sent on it.
    if (this.#stage === 'over') throw new Error('Abandoned')
    this.#isReused = this.lane?.takeSocket() ?? false
    this.#opening = this.lane?.opening
    this.#abort = abort
    this.#socketAt = performance.now()
    this.#stage = 'sent'
  }

  onRequestSent(): void {
    this.#sentAt = performance.now()
  }

  onResponseStarted(): void {
    this.#isAnswered = true
  }

  onHeaders(statusCode: number, rawHeaders: Buffer[], resume: () => void): boolean {
    if (statusCode < 200) return true
    this.#headAt = performance.now()
    this.#stage = 'receiving'
    this.#resume = resume
    this.#statusCode = statusCode
    this.#replyHeaders = readHeaders(rawHeaders)
    this.#openSink()
    return true
  }

  onData(piece: Buffer): boolean {
    if (this.#stream) this.touch()
    return this.#sink?.write(piece) ?? false
  }

  onComplete(): void {
    this.#abort = undefined
    this.#resume = undefined
    this.lane?.release()
    this.#sink?.end()
  }

  onError(error: Error): void {
    this.#abort = undefined
    this.#resume = undefined
    const { lane } = this
    this.fail({ kind: 'error', error })
    lane?.release()
  }

  // What the flow of the body calls.

  resume(): void {
    this.#resume?.()
  }

  finish(body: Uint8Array | undefined, size: number): void {
    if (this.#stage === 'over') return
    this.#settle()
    const ending = { size, marks: this.#marks() }
    if (this.#stream) this.#endStream?.(ending)
    else if (body) this.#resolve(this.#reply(body, ending))
  }

  fail(reason: FailureReason): void {
    if (this.#stage === 'over') return
    const failure = this.#failure(reason)
    this.#settle()
    this.#letGo(failure)
    if (this.#stream) this.#breakOff(this.#stream, failure)
    else this.#resolve(failure)
    this.#sink?.destroy()
  }

  /** With a stream, each piece and each read starts the clock again. */
  touch(): void {
    this.#timer?.refresh()
  }

  /** The reader of the stream has had enough. */
  cancel(size: number): void {
    if (this.#stage === 'over') return
    this.#settle()
    this.#sink?.destroy()
    this.#dropSocket()
    this.#endStream?.({ size, marks: this.#marks() })
  }

  #openSink(): void {
    const { maxSize, stream } = this.#options
    const codings = readCodings(this.#replyHeaders['content-encoding'])
    if ('problem' in codings) {
      this.fail({ kind: 'unusable', problem: codings.problem })
      return
    }
    if (this.#hasBody() && Number(this.#replyHeaders['content-length']) > maxSize) {
      this.fail({ kind: 'too-large', limit: maxSize })
      return
    }
    if (stream) this.#stream = new StreamBody(maxSize, this)
    let sink: BodySink = this.#stream ?? new Collector(maxSize, this)
    for (const coding of codings) sink = new Decoder(coding, { target: sink, owner: this, limit: maxSize })
    sink.source = this
    this.#sink = sink
    if (this.#stream) this.#startStream(this.#stream)
  }

  /** These may tell the length of a body that does not follow. */
  #hasBody(): boolean {
    return this.method !== 'HEAD' && this.#statusCode !== 304
  }

  #startStream({ stream }: StreamBody): void {
    const ended = new Promise<Ending>((resolve) => (this.#endStream = resolve))
    this.touch()
    this.#resolve(this.#reply(stream, ended))
  }

  #breakOff(stream: StreamBody, failure: Failure): void {
    const error = this.#options.explain(failure)
    stream.fail(error)
    this.#endStream?.({ size: stream.size, marks: failure.marks, error })
  }

  #reply(body: Reply['body'], ended: Reply['ended']): Reply {
    return { statusCode: this.#statusCode, headers: this.#replyHeaders, body, ended }
  }

  #failure(reason: FailureReason): Failure {
    if (this.#stage === 'waiting') this.#opening = this.lane?.opening
    const isStale = this.#isReused && !this.#isAnswered && isDroppedSocket(reason)
    return { reason, phase: this.#phase(), isStale, isReused: this.#isReused, marks: this.#marks() }
  }

  /** Takes the request away from whoever has it. */
  #letGo({ phase, reason }: Failure): void {
    if (phase === 'headers' || phase === 'body') this.#dropSocket()
    else if (!this.lane) this.#pool.forget(this)
    else if (reason.kind !== 'error') this.lane.abandon()
  }

  #dropSocket(): void {
    if (this.#abort) this.lane?.drop(this.#abort)
  }

  /** Nothing more is waited for. */
  #settle(): void {
    this.#stage = 'over'
    clearTimeout(this.#timer)
    if (this.#payload instanceof PayloadStream) this.#payload.cancel()
    for (const signal of this.#options.signals) signal.removeEventListener('abort', this)
  }

  #phase(): FailurePhase {
    if (this.#stage === 'receiving') return 'body'
    if (this.#stage === 'sent') return 'headers'
    return (this.#opening && openingPhase(this.#opening)) ?? 'queue'
  }

  #marks(): Marks {
    return {
      startedAt: this.#startedAt,
      opening: this.#opening,
      socketAt: this.#socketAt,
      sentAt: this.#sentAt,
      headAt: this.#headAt,
      endedAt: performance.now(),
    }
  }
}

function failInTime(attempt: Attempt): void {
  attempt.fail({ kind: 'timeout' })
}

const dropped = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED'])

function isDroppedSocket(reason: FailureReason): boolean {
  return reason.kind === 'error' && dropped.has((reason.error as NodeJS.ErrnoException).code ?? '')
}
