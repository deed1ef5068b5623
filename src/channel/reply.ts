import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OutcomeHeaders, ProblemDetails } from '../exchange.js'
import { discardBody, noBytes } from './body.js'
import { problemBody, problemContentType } from './problem.js'
import { appendHeaders, isBodiless } from './reply-head.js'
import { sendStream } from './stream-reply.js'

interface ReplyOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly cid: string
  /** What every reply of this exchange says: names and values in turn. */
  readonly headers: readonly string[]
}

interface Content {
  readonly status: number
  readonly head: (string | string[])[]
  readonly body: Uint8Array
}

/** A body that is not read is let in up to this size, so that its connection can be used again. */
const keepAliveBytes = 64 * 1024

/** Writes the one reply of an exchange. */
export class Reply {
  readonly #options: ReplyOptions
  /** What was answered; 0 before. */
  statusCode = 0
  /** Bytes of the body. */
  size = 0
  /** The connection ends with this reply. */
  closes = false

  constructor(options: ReplyOptions) {
    this.#options = options
  }

  get isBegun(): boolean {
    return this.#options.response.headersSent
  }

  sendEmpty(status: number, headers: readonly string[]): void {
    this.#send({ status, head: this.#head(headers), body: noBytes })
  }

  sendProblem(status: number, details: ProblemDetails, headers: readonly string[] = []): void {
    const head = this.#head(headers, ['Content-Type', problemContentType])
    this.#send({ status, head, body: problemBody(status, this.#options.cid, details) })
  }

  /** A problem that a service chose, with its headers. @throws if HTTP cannot carry them */
  sendServiceProblem(status: number, details: ProblemDetails, headers: OutcomeHeaders): void {
    const head = this.#head(['Content-Type', problemContentType])
    appendHeaders(head, headers, true)
    this.#send({ status, head, body: problemBody(status, this.#options.cid, details) })
  }

  /** @throws if HTTP cannot carry the headers */
  sendBytes(status: number, headers: OutcomeHeaders, body: Uint8Array): void {
    const head = this.#head()
    appendHeaders(head, headers, false)
    this.#send({ status, head, body })
  }

  /** @throws if HTTP cannot carry the headers, or what the stream fails with */
  async sendStream(
    status: number,
    headers: OutcomeHeaders,
    { body, signal }: { body: ReadableStream<Uint8Array>; signal: AbortSignal },
  ): Promise<void> {
    const { request, response } = this.#options
    const head = this.#head()
    appendHeaders(head, headers, false)
    const writeHead = () => this.#writeHead(status, head)
    if (request.method === 'HEAD') {
      await body.cancel()
      writeHead()
      response.end()
      return
    }
    // Without a listener, writing to a connection that has just gone would be an uncaught error.
    response.on('error', () => undefined)
    await sendStream(body, { response, signal, writeHead, onSent: (bytes) => (this.size += bytes) })
  }

  #send({ status, head, body }: Content): void {
    const { request, response } = this.#options
    const lingers = this.#lingers()
    if (lingers) this.closes = true
    if (this.closes) head.push('Connection', 'close')
    if (!isBodiless(status)) head.push('Content-Length', String(body.length))
    else if (status === 205) head.push('Content-Length', '0')
    this.#writeHead(status, head)
    const sent = isBodiless(status) || request.method === 'HEAD' ? noBytes : body
    this.size = sent.length
    if (!lingers) {
      response.end(sent)
      return
    }
    if (sent.length > 0) response.write(sent)
    else response.flushHeaders()
    discardBody(request, () => response.end())
  }

  #writeHead(status: number, head: readonly (string | string[])[]): void {
    // Flat arrays are allowed, though the types do not know that values of them may be arrays.
    this.#options.response.writeHead(status, head as string[])
    this.statusCode = status
  }

  #head(...more: readonly (readonly string[])[]): (string | string[])[] {
    const { cid, headers } = this.#options
    return ['X-Zato-CID', cid, ...headers, ...more.flat()]
  }

  /** Whether the caller may still be sending a body that nobody will read. */
  #lingers(): boolean {
    const { request, response } = this.#options
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers
    if (request.complete || (length === undefined && coding === undefined)) return false
    // An announced body that was not asked for may never come.
    const isAwaited = request.headers.expect !== undefined && !sentContinue(response)
    return isAwaited || length === undefined || Number(length) > keepAliveBytes
  }
}
