import type { ServerResponse } from 'node:http'
import { eventText } from './event-log.js'

/** What may wait for a reader; one that is further behind is told to start afresh. */
const mostQueued = 1024 * 1024

/** The stream of one reader. */
export class EventStream {
  readonly wantsLogs: boolean
  /** That the reader has shown. */
  readonly token: string
  readonly #response: ServerResponse
  #pending: string[] = []
  #isBehind = false

  constructor(response: ServerResponse, { wantsLogs, token }: { wantsLogs: boolean; token: string }) {
    this.#response = response
    this.wantsLogs = wantsLogs
    this.token = token
    response.on('error', () => undefined)
    response.on('drain', () => this.#catchUp())
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.flushHeaders()
  }

  /** What is sent within one turn of the event loop leaves in one write. */
  send(...texts: readonly string[]): void {
    if (this.#isBehind) return
    if (this.#pending.length === 0) setImmediate(() => this.#flush())
    this.#pending.push(...texts)
  }

  end(...texts: readonly string[]): void {
    this.#response.end(this.#take() + texts.join(''))
    // A reader that does not read keeps nobody waiting.
    setTimeout(() => this.#response.destroy(), 500).unref()
  }

  #flush(): void {
    if (this.#isBehind || this.#response.destroyed) return
    const text = this.#take()
    if (text !== '') this.#response.write(text)
    this.#isBehind = this.#response.writableLength > mostQueued
  }

  #take(): string {
    const text = this.#pending.join('')
    this.#pending = []
    return text
  }

  /** What was not sent meanwhile is lost to this reader. */
  #catchUp(): void {
    if (!this.#isBehind) return
    this.#isBehind = false
    this.#pending = []
    this.send(eventText({ type: 'resync' }))
  }
}
