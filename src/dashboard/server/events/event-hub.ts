import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { StoreEvent, TraceStore } from '../../../trace/store.js'
import type { LogLine, ServerEvent } from '../../shared/api.js'
import { ApiFailure } from '../failure.js'
import { bearerOf } from '../guard.js'
import { EventLog, eventText } from './event-log.js'
import { EventStream } from './event-stream.js'

const pingMs = 15_000
const mostStreams = 64

/** How long events are still collected when nobody reads them, for readers that come back. */
const lingerMs = 60_000

interface EventHubOptions {
  readonly traces: TraceStore | undefined
  /** The hash of the project's files as they were read last. */
  readonly revision: () => string
  /** Whether the token that a reader came with is still the right one. */
  readonly accepts: (token: string) => Promise<boolean>
}

/** Tells every reader what happens, once to each, in order. */
export class EventHub {
  /** Changes with every start of the server. */
  readonly epoch = randomBytes(8).toString('hex')
  readonly #options: EventHubOptions
  readonly #log = new EventLog()
  readonly #streams = new Set<EventStream>()
  #stopTraces: (() => void) | undefined
  #lingering: NodeJS.Timeout | undefined
  readonly #pinging: NodeJS.Timeout

  constructor(options: EventHubOptions) {
    this.#options = options
    this.#pinging = setInterval(() => void this.#ping(), pingMs).unref()
  }

  get lastSeq(): number {
    return this.#log.last
  }

  /** Takes a request over. @throws ApiFailure 503 for one too many */
  open(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    if (this.#streams.size >= mostStreams) {
      const message = `${mostStreams} streams of events are open already`
      throw new ApiFailure(503, { code: 'too_many_streams', message })
    }
    this.#collect()
    const wantsLogs = query.get('logs') === '1'
    const stream = new EventStream(response, { wantsLogs, token: bearerOf(request.headers) })
    this.#streams.add(stream)
    response.on('close', () => this.#closed(stream))
    const { epoch, lastSeq: seq } = this
    const hello = eventText({ type: 'hello', seq, epoch, revision: this.#options.revision() })
    stream.send(hello, ...this.#missed(query))
  }

  send(event: ServerEvent): void {
    if (!this.#isCollecting) return
    const text = this.#log.add(event)
    for (const stream of this.#streams) stream.send(text)
  }

  /** Not kept: whoever comes back asks for the lines that it lacks. */
  sendLog(line: LogLine): void {
    let text: string | undefined
    for (const stream of this.#streams) if (stream.wantsLogs) stream.send((text ??= eventText({ type: 'log', line })))
  }

  close(): void {
    clearInterval(this.#pinging)
    clearTimeout(this.#lingering)
    this.#stopTraces?.()
    const text = this.#log.add({ type: 'stopping' })
    for (const stream of this.#streams) stream.end(text)
    this.#streams.clear()
  }

  get #isCollecting(): boolean {
    return this.#streams.size > 0 || this.#lingering !== undefined
  }

  /** What a reader that comes back has not got. */
  #missed(query: URLSearchParams): readonly string[] {
    const since = query.get('since')
    if (since === null) return []
    const isSame = query.get('epoch') === this.epoch && /^\d+$/.test(since)
    return (isSame ? this.#log.since(Number(since)) : undefined) ?? [eventText({ type: 'resync' })]
  }

  #collect(): void {
    if (!this.#isCollecting) this.#log.forget()
    clearTimeout(this.#lingering)
    this.#lingering = undefined
    this.#stopTraces ??= this.#options.traces?.subscribe((event) => this.send(serverEvent(event)))
  }

  #closed(stream: EventStream): void {
    if (!this.#streams.delete(stream) || this.#streams.size > 0) return
    this.#lingering = setTimeout(() => {
      this.#lingering = undefined
      this.#stopTraces?.()
      this.#stopTraces = undefined
    }, lingerMs).unref()
  }

  /** Keeps streams from being taken for dead, and ends those whose token has been replaced. */
  async #ping(): Promise<void> {
    for (const stream of this.#streams) {
      if (await this.#options.accepts(stream.token)) stream.send(': ping\n\n')
      else stream.end()
    }
  }
}

function serverEvent(event: StoreEvent): ServerEvent {
  switch (event.type) {
    case 'open':
      return { type: 'trace.open', trace: event.trace }
    case 'update':
      return { type: 'trace.update', trace: event.trace }
    case 'close':
      return { type: 'trace.close', trace: event.trace }
    case 'removed':
      return { type: 'traces.removed', ids: event.ids }
    case 'cleared':
      return { type: 'traces.cleared' }
    case 'restored':
      return { type: 'resync' }
  }
}
