import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Asset } from './assets.js'
import { ApiFailure } from './failure.js'
import { apiPrefix } from './guard.js'
import { securityHeaders } from './headers.js'
import type { ApiReply } from './route-table.js'

const compress = promisify(gzip)

/** Below it, compressing costs more than it saves, even to a browser on this machine. */
const leastCompressed = 64 * 1024

/** One request of the dashboard and its reply. Every reply carries the security headers, whatever comes of it. */
export class Answer {
  readonly request: IncomingMessage
  readonly response: ServerResponse

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request
    this.response = response
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  }

  get path(): string {
    return (this.request.url ?? '/').replace(/[?#].*$/s, '')
  }

  get isApi(): boolean {
    return this.path.startsWith(apiPrefix)
  }

  async json({ status = 200, value, fileName }: ApiReply): Promise<void> {
    const { response } = this
    response.statusCode = status
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.setHeader('cache-control', 'no-store')
    if (fileName !== undefined) response.setHeader('content-disposition', `attachment; filename="${fileName}"`)
    const bytes = Buffer.from(JSON.stringify(value))
    const isCompressed = bytes.length >= leastCompressed && this.#accepts('gzip')
    if (isCompressed) response.setHeader('content-encoding', 'gzip')
    this.#end(isCompressed ? await compress(bytes) : bytes)
  }

  /** JSON to those who asked the API; a line of text to those who look at the page. */
  async failure({ status, reply }: ApiFailure): Promise<void> {
    if (status === 401) this.response.setHeader('www-authenticate', 'Bearer')
    // What was not read of a body cannot be skipped.
    if (!this.request.complete) this.response.setHeader('connection', 'close')
    if (this.isApi) {
      await this.json({ status, value: reply })
      return
    }
    const { code, message, hint } = reply.error
    this.text(status, `${code}: ${message}${hint === undefined ? '' : `\n${hint}`}\n`)
  }

  text(status: number, text: string): void {
    this.response.statusCode = status
    this.response.setHeader('content-type', 'text/plain; charset=utf-8')
    this.response.setHeader('cache-control', 'no-store')
    this.#end(Buffer.from(text))
  }

  asset({ type, isHashed, plain, br, gzip: zipped }: Asset): void {
    const { response } = this
    response.setHeader('content-type', type)
    response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    response.setHeader('vary', 'accept-encoding')
    const [encoding, bytes] =
      br && this.#accepts('br') ? ['br', br] : zipped && this.#accepts('gzip') ? ['gzip', zipped] : []
    if (encoding) response.setHeader('content-encoding', encoding)
    this.#end(bytes ?? plain)
  }

  #accepts(encoding: string): boolean {
    return (this.request.headers['accept-encoding'] ?? '')
      .split(',')
      .some((one) => one.trim().split(';')[0] === encoding && !/;\s*q=0(\.0*)?\s*$/.test(one))
  }

  #end(bytes: Buffer): void {
    if (this.response.destroyed) return
    this.response.setHeader('content-length', bytes.length)
    this.response.end(this.request.method === 'HEAD' ? undefined : bytes)
  }
}

export const bug = new ApiFailure(500, {
  code: 'bug',
  message: 'The dashboard failed to answer: a bug in zato-ts',
  hint: 'the terminal shows what happened',
})
