import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OutcomeHeaders, ProblemDetails } from '../exchange.js'
import type { SentReply } from './exchange-trace.js'
import { discardBody, hasBody, noBytes } from './body.js'
import type { HeaderValues } from './headers.js'
import { problemBody, problemContentType } from './problem.js'
import { type Head, appendHeaders, flushHead, isBodiless } from './reply-head.js'
import { sendStream } from './stream-reply.js'

export interface ReplyOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Of the request. */
  readonly requestHeaders: HeaderValues
  /** The caller waits to be asked for its body. */
  readonly expectsContinue: boolean
  readonly cid: string
  /** What every reply says besides: names and values in turn. */
  readonly headers: readonly string[]
  /** Tells whether the connection is to end with this reply. */
  readonly closes: () => boolean
}

/** A body that is not read is let in up to this size, so that its connection can be used again. */
const keepAliveBytes = 64 * 1024

/** Up to this size, a body that is text leaves in one piece with the head; bytes are written beside it, which costs more. */
const joinedBytes = 16 * 1024

/** @param length of the body, in bytes */
function endWith(response: ServerResponse, body: Uint8Array | string, length: number): void {
  if (length === 0) response.end()
  // The head is Latin-1, and so must be what it is joined with: nothing but ASCII has as many characters as bytes.
  else if (typeof body === 'string' && body.length === length) response.end(body, 'latin1')
  else if (length > joinedBytes) response.end(toBuffer(body))
  else response.end(toBuffer(body).toString('latin1'), 'latin1')
}

function toBuffer(body: Uint8Array | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length)
}

const nothingSent: SentReply = { head: [], body: undefined }

/** Writes the one reply of an exchange. Its methods throw if HTTP cannot carry the headers; nothing is written then. */
export class Reply {
  readonly #options: ReplyOptions
  #awaitsContinue: boolean
  /** What was answered; 0 before. */
  statusCode = 0
  /** Bytes of the body. */
  size = 0
  /** What was written, for whoever records it. */
  sent: SentReply = nothingSent

  constructor(options: ReplyOptions) {
    this.#options = options
    this.#awaitsContinue = options.expectsContinue
  }

  get isBegun(): boolean {
    return this.statusCode !== 0
  }

  /** Tells a caller that waits for it to send its body. */
  askForBody(): void {
    if (!this.#awaitsContinue) return
    this.#awaitsContinue = false
    this.#options.response.writeContinue()
  }

  sendEmpty(status: number, headers: readonly string[]): void {
    this.#send(status, this.#head(headers), noBytes)
  }

  sendProblem(status: number, details: ProblemDetails, headers: readonly string[] | OutcomeHeaders = []): void {
    const head = this.#head(['Content-Type', problemContentType])
    if (Array.isArray(headers)) head.push(...(headers as readonly string[]))
    else appendHeaders(head, headers as OutcomeHeaders, { isProblem: true })
    this.#send(status, head, problemBody(status, this.#options.cid, details))
  }

  sendBody(status: number, headers: OutcomeHeaders, body: Uint8Array | string): void {
    const head = this.#head()
    appendHeaders(head, headers)
    this.#send(status, head, body)
  }

  /** Rejects, too, with whatever the stream fails with. */
  async sendStream(
    status: number,
    headers: OutcomeHeaders,
    { body, signal }: { readonly body: ReadableStream<Uint8Array>; readonly signal: AbortSignal },
  ): Promise<void> {
    const { request, response } = this.#options
    const head = this.#head()
    appendHeaders(head, headers)
    if (request.method === 'HEAD') {
      this.#writeHead(status, head)
      response.end()
      await body.cancel()
      return
    }
    const writeHead = () => this.#writeHead(status, head)
    this.sent = { head, body: undefined }
    await sendStream(body, { response, signal, writeHead, onSent: (bytes) => (this.size += bytes) })
  }

  #send(status: number, head: Head, body: Uint8Array | string): void {
    const { request, response } = this.#options
    const lingers = this.#lingers()
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    if (status === 205) head.push('Content-Length', '0')
    else if (!isBodiless(status)) head.push('Content-Length', String(length))
    this.#writeHead(status, head, lingers)
    const isSent = !isBodiless(status) && request.method !== 'HEAD'
    const sent = isSent ? body : noBytes
    this.size = isSent ? length : 0
    this.sent = { head, body: sent }
    if (!lingers) {
      endWith(response, sent, this.size)
      return
    }
    if (sent.length > 0) response.write(sent)
    else flushHead(response)
    discardBody(request, () => response.end())
  }

  #writeHead(status: number, head: Head, closes = false): void {
    if (closes || this.#options.closes()) head.push('Connection', 'close')
    // Values of a flat array may be arrays themselves; the types do not know it.
    this.#options.response.writeHead(status, head as string[])
    this.statusCode = status
  }

  #head(more?: readonly string[]): Head {
    const { cid, headers } = this.#options
    return more ? ['X-Zato-CID', cid, ...headers, ...more] : ['X-Zato-CID', cid, ...headers]
  }

  /** Whether the caller may still be sending more of a body than is worth waiting for. */
  #lingers(): boolean {
    const { request, requestHeaders } = this.#options
    if (request.complete || !hasBody(requestHeaders)) return false
    const length = requestHeaders['content-length']
    return this.#awaitsContinue || length === undefined || Number(length) > keepAliveBytes
  }
}
