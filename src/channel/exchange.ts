import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatch, Incoming, Outcome, OutcomeBody } from '../exchange.js'
import type { Logger } from '../log.js'
import { type Admitted, type RequestHead, admit, cidOf } from './admit.js'
import { callerGone, discardBody, hasBody, noBytes, readBody } from './body.js'
import type { Channel } from './channel.js'
import { corsHeaders } from './cors.js'
import { readHeaders } from './headers.js'
import { problemBody, problemContentType } from './problem.js'
import { Refusal } from './refusal.js'
import { appendHeaders, isBodiless, isPossibleStatus } from './reply-head.js'
import { parseTarget } from './request-target.js'
import type { Serving } from './serving.js'
import { sendStream } from './stream-reply.js'

/** One finished request. */
export interface RequestEvent {
  readonly cid: string
  readonly method: string
  /** Without the query string. */
  readonly path: string
  readonly channel?: string
  readonly service?: string
  readonly statusCode: number
  readonly elapsedMs: number
  /** Bytes of the reply's body. */
  readonly size: number
  /** The caller went away, or its connection was destroyed, before the reply was complete. */
  readonly aborted: boolean
}

/** What an exchange needs of the listener that it belongs to. */
export interface ExchangeHost {
  readonly dispatch: Dispatch
  readonly log: Logger
  /** Whether connections end with their reply. */
  readonly isDraining: boolean
  /** Called once. */
  onFinish(exchange: Exchange): void
}

type Head = (string | string[])[]

/** A body up to this size is let in before a refusal, so that the connection can be used again. */
const keepAliveBytes = 64 * 1024

/** One request and its reply. It keeps what it began with, whatever the listener serves meanwhile. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly #host: ExchangeHost
  readonly #serving: Serving
  readonly #head: RequestHead
  readonly #cid: string
  readonly #startedAt = performance.now()
  readonly #controller = new AbortController()
  readonly #expectsContinue: boolean
  #channel: Channel | undefined
  #timer: NodeJS.Timeout | undefined
  #statusCode = 0
  #size = 0
  #isReading = false
  #isFinished = false
  #isAborted = false

  constructor(
    host: ExchangeHost,
    serving: Serving,
    { request, response, expectsContinue }: { request: IncomingMessage; response: ServerResponse; expectsContinue: boolean },
  ) {
    this.#host = host
    this.#serving = serving
    this.request = request
    this.response = response
    this.#expectsContinue = expectsContinue
    const headers = readHeaders(request.rawHeaders)
    this.#head = { request, method: request.method ?? '', target: parseTarget(request.url ?? ''), headers }
    this.#cid = cidOf(headers)
  }

  /** Whether the body is still arriving, so that a malformed one can be answered. */
  get isReading(): boolean {
    return this.#isReading && !this.response.headersSent
  }

  get event(): RequestEvent {
    const { method, target } = this.#head
    return {
      cid: this.#cid,
      method,
      path: target?.path ?? this.request.url ?? '',
      ...(this.#channel && { channel: this.#channel.name, service: this.#channel.service }),
      statusCode: this.#statusCode,
      elapsedMs: performance.now() - this.#startedAt,
      size: this.#size,
      aborted: this.#isAborted,
    }
  }

  start(): void {
    const admitted = admit(this.#head, this.#serving, (channel) => (this.#channel = channel))
    if (admitted instanceof Refusal) return this.refuse(admitted)
    if ('status' in admitted) return this.#sendBytes(admitted.status, this.#newHead(admitted.headers))
    this.#startTimer()
    if (admitted.hasBody) void this.#readBody(admitted)
    else this.#dispatch(admitted, noBytes)
  }

  /** Answers without running a service. */
  refuse(refusal: Refusal): void {
    const { status, detail, title, reason } = refusal
    if (reason !== undefined) this.#log(reason, { code: 'ZH500' })
    this.#sendProblem(status, { title, detail }, this.#newHead(refusal.headers))
  }

  /** The connection is gone. */
  abandon(): void {
    if (this.#isFinished) return
    this.#isAborted = true
    this.#controller.abort()
    this.#finish()
  }

  async #readBody(admitted: Admitted): Promise<void> {
    this.#isReading = true
    if (this.#expectsContinue) this.response.writeContinue()
    const body = await readBody(this.request, this.#serving.bodyLimit)
    this.#isReading = false
    if (body === callerGone || this.#isFinished) return
    if (body instanceof Refusal) this.refuse(body)
    else this.#dispatch(admitted, body)
  }

  #dispatch(admitted: Admitted, body: Uint8Array): void {
    const { signal } = this.#controller
    let outcome: Promise<Outcome>
    try {
      outcome = this.#host.dispatch(this.#incoming(admitted), body, signal)
    } catch (error) {
      this.#fail(error)
      return
    }
    outcome.then(
      (result) => this.#reply(result),
      (error: unknown) => this.#fail(error),
    )
  }

  #incoming({ channel, params, query, security }: Admitted): Incoming {
    const { method, target, headers } = this.#head
    const { traceparent } = headers
    return {
      cid: this.#cid,
      // A malformed one is not passed on.
      traceparent: traceparent === undefined ? undefined : validTraceparent(traceparent),
      service: channel.service,
      channel: channel.incoming(security),
      method,
      path: target?.path ?? '',
      params,
      query,
      headers,
      remoteAddress: this.request.socket.remoteAddress ?? '',
    }
  }
}
