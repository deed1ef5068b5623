import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Cancellation } from '../cancellation.js'
import type { Deadlines, Limited } from '../deadlines.js'
import type { ErrorCode } from '../errors.js'
import { type Incoming, type Outcome, type Runner, discard } from '../exchange.js'
import type { LogFields, Logger } from '../log.js'
import { type Admitted, type Answered, type RequestHead, admit } from './admit.js'
import { callerGone, endBodiless, hasBody, noBytes, readBody } from './body.js'
import type { Channel } from './channel.js'
import { corsHeaders } from './cors.js'
import { readHeaders } from './headers.js'
import { type Identity, identify } from './identity.js'
import type { RequestEvent } from './exchange-event.js'
import type { ExchangeTrace, ExchangeTracer } from './exchange-trace.js'
import { Refusal } from './refusal.js'
import { Reply } from './reply.js'
import { isBodiless, isPossibleStatus } from './reply-head.js'
import { parseTarget } from './request-target.js'
import type { Serving } from './serving.js'
import { breakOff } from './stream-reply.js'

/** What an exchange needs of the listener that it belongs to. */
export interface ExchangeHost {
  /** Answers requests. */
  readonly run: Runner
  readonly log: Logger
  /** Absent if nobody records. */
  readonly tracer?: ExchangeTracer | undefined
  /** Of all requests that are being answered. */
  readonly deadlines: Deadlines
  /** Whether connections end with their reply. */
  readonly isDraining: () => boolean
  /** Called once. */
  onFinish(exchange: Exchange, event: RequestEvent): void
}

export interface Messages {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The caller waits to be asked for its body. */
  readonly expectsContinue?: boolean
}

/** One request and its reply. It keeps what it began with, whatever the listener serves meanwhile. */
export class Exchange implements Limited {
  place = -1
  dueAt = 0
  readonly #host: ExchangeHost
  readonly #serving: Serving
  readonly #messages: Messages
  readonly #head: RequestHead
  readonly #identity: Identity
  readonly #reply: Reply
  readonly #trace: ExchangeTrace | undefined
  readonly #startedAt = performance.now()
  readonly #cancellation = new Cancellation()
  #channel: Channel | undefined
  #isReading = false
  #isFinished = false
  #isAborted = false

  constructor(host: ExchangeHost, serving: Serving, messages: Messages) {
    const { request, response, expectsContinue = false } = messages
    const headers = readHeaders(request.rawHeaders)
    if (!hasBody(headers)) endBodiless(request)
    this.#host = host
    this.#serving = serving
    this.#messages = messages
    this.#head = { request, method: request.method ?? '', target: parseTarget(request.url ?? ''), headers }
    this.#identity = identify(headers)
    this.#reply = new Reply({
      request,
      response,
      requestHeaders: headers,
      expectsContinue,
      cid: this.#identity.cid,
      headers: corsHeaders(serving.guard.origins, headers.origin),
      closes: host.isDraining,
    })
    this.#trace = host.tracer?.begin({
      cid: this.#identity.cid,
      method: this.#head.method,
      target: request.url ?? '',
      rawHeaders: request.rawHeaders,
    })
  }

  /** Whether the body is still arriving, so that a malformed one can be answered. */
  get isReading(): boolean {
    return this.#isReading
  }

  /** Whether all of the reply has been handed to the connection. */
  get isSent(): boolean {
    return this.#messages.response.writableEnded
  }

  get socket(): Socket {
    return this.#messages.request.socket
  }

  get #event(): RequestEvent {
    const { method, target } = this.#head
    return {
      cid: this.#identity.cid,
      method,
      path: target?.path ?? this.#messages.request.url ?? '',
      channel: this.#channel?.name,
      service: this.#channel?.service,
      statusCode: this.#reply.statusCode,
      elapsedMs: performance.now() - this.#startedAt,
      size: this.#reply.size,
      aborted: this.#isAborted,
    }
  }

  /** Answers it, now or later. Never throws. */
  start(): void {
    try {
      const admitted = admit(this.#head, this.#serving, (channel) => (this.#channel = channel))
      if (admitted instanceof Refusal) this.refuse(admitted)
      else if ('status' in admitted) this.#sendEmpty(admitted)
      else this.#accept(admitted)
    } catch (error) {
      this.#fail(error, 'ZX001')
    }
  }

  /** Answers without running a service. */
  refuse({ status, detail, title, headers, reason }: Refusal): void {
    if (reason !== undefined) {
      this.#logError(`The channel "${this.#channel?.name ?? ''}" refuses to work: ${reason}`, { code: 'ZH500' })
    }
    this.#reply.sendProblem(status, { title, detail }, headers)
    this.#finish()
  }

  /** The connection is gone. */
  abandon(): void {
    if (this.#isFinished) return
    this.#isAborted = true
    this.#finish()
    this.#cancellation.abort()
  }

  #sendEmpty({ status, headers }: Answered): void {
    this.#reply.sendEmpty(status, headers)
    this.#finish()
  }

  #accept(admitted: Admitted): void {
    const { requestTimeoutMs } = this.#serving
    if (requestTimeoutMs > 0) this.#host.deadlines.start(this, requestTimeoutMs)
    if (admitted.hasBody) this.#receive(admitted).catch((error: unknown) => this.#fail(error, 'ZX001'))
    else this.#run(admitted, noBytes)
  }

  async #receive(admitted: Admitted): Promise<void> {
    this.#isReading = true
    this.#reply.askForBody()
    const body = await readBody(this.#messages.request, this.#serving.bodyLimit)
    this.#isReading = false
    if (body === callerGone || this.#isFinished) return
    if (body instanceof Refusal) this.refuse(body)
    else this.#run(admitted, body)
  }

  #run(admitted: Admitted, body: Uint8Array): void {
    const incoming = this.#incoming(admitted)
    this.#trace?.dispatched(incoming, body)
    this.#host.run(incoming, body, { signal: this.#cancellation, done: this.#answer })
  }

  readonly #answer = (outcome: Outcome): void => {
    try {
      this.#trace?.answered(outcome)
      if (this.#isFinished) discard(outcome)
      else this.#send(outcome)?.catch((error: unknown) => this.#fail(error, 'ZS303'))
    } catch (error) {
      this.#fail(error, 'ZS303')
    }
  }

  #incoming({ channel, params, query, security }: Admitted): Incoming {
    const { method, target, headers } = this.#head
    const { cid, traceparent } = this.#identity
    return {
      cid,
      traceparent,
      service: channel.service,
      channel: channel.incoming(security),
      method,
      path: target?.path ?? '',
      params,
      query,
      headers,
      remoteAddress: this.#messages.request.socket.remoteAddress ?? '',
      trace: this.#trace?.tag,
    }
  }

  /**
   * A stream is sent when the promise resolves, anything else when this returns.
   *
   * @throws if it is nothing that HTTP can carry; rejects if its stream breaks
   */
  #send(outcome: Outcome): Promise<void> | undefined {
    const { statusCode, headers, body, problem } = outcome
    const isStream = body instanceof ReadableStream && !isBodiless(statusCode) && !problem
    if (!isStream || !isPossibleStatus(statusCode)) discard(outcome)
    if (!isPossibleStatus(statusCode)) {
      throw new TypeError(`The status is not an integer from 200 to 599: ${String(statusCode)}`)
    }
    if (isStream) return this.#sendStream(outcome, body)
    if (problem) this.#reply.sendProblem(statusCode, problem, headers)
    else this.#reply.sendBody(statusCode, headers, body instanceof ReadableStream ? noBytes : (body ?? noBytes))
    this.#finish()
    return undefined
  }

  async #sendStream({ statusCode, headers }: Outcome, body: ReadableStream<Uint8Array>): Promise<void> {
    await this.#reply.sendStream(statusCode, headers, { body, signal: this.#cancellation.signal })
    this.#finish()
  }

  #fail(error: unknown, code: ErrorCode): void {
    if (this.#isFinished) return
    const message = error instanceof Error ? error.message : String(error)
    if (this.#reply.isBegun) {
      this.#logError(`The body of the reply broke off: ${message}`, { code })
      breakOff(this.#messages.response)
      this.abandon()
      return
    }
    this.#logError(`The reply cannot be sent: ${message}`, { code })
    this.refuse(new Refusal(500, 'The service failed; the log says why, under this cid'))
  }

  /** It took longer than it may. */
  onDue(): void {
    if (this.#reply.isBegun) {
      breakOff(this.#messages.response)
      this.abandon()
      return
    }
    const seconds = this.#serving.requestTimeoutMs / 1000
    this.#logError(`The request took longer than server.request_timeout, ${seconds} s`, { code: 'ZH504' })
    this.refuse(new Refusal(504, 'The request took too long'))
    this.#cancellation.abort()
  }

  #finish(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    this.#host.deadlines.end(this)
    const event = this.#event
    this.#trace?.end(event, this.#reply.sent)
    this.#host.onFinish(this, event)
  }

  #logError(message: string, fields: LogFields): void {
    const { name, service } = this.#channel ?? {}
    this.#host.log.error(message, { cid: this.#identity.cid, channel: name, service, ...fields })
  }
}
