import { type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { CancelSignal } from '../../src/cancellation.js'
import { Listener, type RequestEvent } from '../../src/channel/listener.js'
import type { Dispatch, Incoming, Outcome } from '../../src/exchange.js'
import { type LogEntry, createLogger } from '../../src/log.js'
import { type ProjectParts, project } from './projects.js'

/** A real listener on a free port, in front of a function in place of the services. */
export interface Listening {
  readonly listener: Listener
  readonly port: number
  readonly url: string
  readonly logs: LogEntry[]
  readonly events: RequestEvent[]
  /** Everything that was dispatched. */
  readonly incoming: { readonly incoming: Incoming; readonly body: Buffer; readonly signal: CancelSignal }[]
  /** Answers every request from now on. */
  serve(dispatch: Dispatch): void
  use(parts: ProjectParts): void
  fetch(path: string, options?: SendOptions): Promise<Answer>
  close(): Promise<void>
}

export interface SendOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as JSON. */
  readonly json: Record<string, unknown>
}

/** Answers with what was dispatched, as JSON. */
export const echo: Dispatch = (incoming, body) =>
  Promise.resolve<Outcome>({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ ...incoming, body: Buffer.from(body).toString('latin1') })),
  })

export async function listening(parts: ProjectParts = {}, host = '127.0.0.1'): Promise<Listening> {
  const logs: LogEntry[] = []
  const events: RequestEvent[] = []
  const incoming: Listening['incoming'] = []
  let current = echo
  const listener = new Listener({
    run: (request, body, { signal, done }) => {
      incoming.push({ incoming: request, body: Buffer.from(body), signal })
      void current(request, body, signal).then(done)
    },
    log: createLogger((entry) => logs.push(entry)),
    onRequest: (event) => events.push(event),
  })
  listener.use(project(parts))
  const { port, url } = await listener.listen({ host, port: 0 })
  return {
    listener,
    port,
    url,
    logs,
    events,
    incoming,
    serve: (dispatch) => (current = dispatch),
    use: (next) => listener.use(project(next)),
    fetch: (path, options) => send(port, path, options),
    close: () => listener.close({ drainMs: 0 }),
  }
}

/** One request on a connection of its own; the path goes out exactly as it is given. */
export function send(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: SendOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers: headers as Record<string, string>, agent: false }
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          get json() {
            return JSON.parse(text) as Record<string, unknown>
          },
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

export interface RawOptions {
  /** Does not wait for the end of the connection once this has come. */
  readonly until?: string
  /** Nothing more comes after these bytes. */
  readonly ends?: boolean
}

/** Sends these bytes and gives everything that comes back until the other side closes. */
export function sendRaw(
  port: number,
  bytes: string,
  { until: awaited, ends = false }: RawOptions = {},
): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.from(bytes, 'latin1'))
      if (ends) socket.end()
    })
    const done = () => {
      socket.destroy()
      resolve(text)
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (awaited !== undefined && text.includes(awaited)) done()
    })
    socket.on('error', done)
    socket.on('close', done)
  })
}

/** Waits until it is so. */
export async function until(isSo: () => boolean, ms = 5000): Promise<void> {
  const deadline = performance.now() + ms
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('It did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
