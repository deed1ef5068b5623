import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type SecureContextOptions } from 'node:tls'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, type Server, type Socket, createServer as createTcpServer } from 'node:net'

/**
 * An API on loopback that records what it received and answers as told.
 *
 *     const upstream = await startUpstream()                       // answers 200 and {} until told otherwise
 *     upstream.reply({ status: 404, body: '{"error":"gone"}' })    // every request from now on
 *     upstream.reply((request) => ({ body: request.url }))         // or a function
 *     upstream.requests                                            // everything that arrived, oldest first
 *     upstream.reset()                                             // forgets both
 *     await upstream.close()
 */
export interface Upstream {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  readonly port: number
  readonly requests: readonly ReceivedRequest[]
  /** How many sockets have been opened to it since it started. */
  readonly connections: number
  /** Answers every request from now on with this. */
  reply(reply: ScriptedReply | UpstreamHandler): void
  /** Forgets the requests, and answers 200 and `{}` again (or as its first handler does). */
  reset(): void
  /** Destroys every socket, idle or not; the upstream goes on listening. */
  dropConnections(): void
  /** Destroys every socket and stops listening. */
  close(): Promise<void>
}

export interface ReceivedRequest {
  readonly method: string
  /** The request target exactly as it stood on the wire. */
  readonly url: string
  /** Names and values in turn, as on the wire. */
  readonly rawHeaders: readonly string[]
  /** As Node gives them: lower-case names. */
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface ScriptedReply {
  /** 200 if left out. */
  readonly status?: number
  /** `content-type: application/json` if left out. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

/** Gives the reply, or writes it to `response` itself and gives nothing. */
export type UpstreamHandler = (
  request: ReceivedRequest,
  response: ServerResponse,
) => ScriptedReply | undefined | Promise<ScriptedReply | undefined>

export interface UpstreamOptions {
  /** Key and certificate: the upstream speaks HTTPS, and its url says `https://localhost`. */
  readonly tls?: SecureContextOptions
}

/** Starts an upstream on a free port of 127.0.0.1. */
export async function startUpstream(handler?: UpstreamHandler, { tls }: UpstreamOptions = {}): Promise<Upstream> {
  const requests: ReceivedRequest[] = []
  const first: UpstreamHandler = handler ?? (() => ({ body: '{}' }))
  let current = first

  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    void receive(incoming).then(async (request) => {
      if (!request) return
      requests.push(request)
      const reply = await current(request, response)
      if (reply) writeReply(response, reply)
    })
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  const open = await listen(server)

  return {
    url: tls ? `https://localhost:${open.port}` : `http://127.0.0.1:${open.port}`,
    port: open.port,
    requests,
    get connections() {
      return open.count()
    },
    reply(reply) {
      current = typeof reply === 'function' ? reply : () => reply
    },
    reset() {
      requests.length = 0
      current = first
    },
    dropConnections: open.drop,
    close: open.close,
  }
}

/**
 * A bare TCP server, for replies that no HTTP server would send. `serve` is called whenever a complete request head
 * has arrived, with its text and what of its body came with it.
 *
 *     const broken = await startRawUpstream(({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'))
 */
export interface RawUpstream {
  readonly url: string
  readonly port: number
  /** Heads of the requests that arrived, oldest first. */
  readonly heads: readonly string[]
  readonly connections: number
  /** Calls back when one of its sockets is closed, by whichever side. */
  onSocketClosed(callback: () => void): void
  dropConnections(): void
  close(): Promise<void>
}

export interface RawRequest {
  readonly socket: Socket
  /** The request as far as it has arrived. */
  readonly text: string
  /** From 1, over all sockets. */
  readonly count: number
  /** From 1, on this socket. */
  readonly countOnSocket: number
}

export interface RawUpstreamOptions {
  /** Whether `heads` fills; not in a run so long that it would fill the memory. */
  readonly remembers?: boolean
}

export async function startRawUpstream(
  serve: (request: RawRequest) => void,
  { remembers = true }: RawUpstreamOptions = {},
): Promise<RawUpstream> {
  const heads: string[] = []
  let count = 0
  const server = createTcpServer((socket) => {
    let text = ''
    let countOnSocket = 0
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      const request = text
      text = ''
      if (remembers) heads.push(request.slice(0, request.indexOf('\r\n\r\n')))
      countOnSocket += 1
      count += 1
      serve({ socket, text: request, count, countOnSocket })
    })
  })
  const open = await listen(server)
  return {
    url: `http://127.0.0.1:${open.port}`,
    port: open.port,
    heads,
    get connections() {
      return open.count()
    },
    onSocketClosed: open.onClosed,
    dropConnections: open.drop,
    close: open.close,
  }
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const open = await listen(createTcpServer())
  await open.close()
  return open.port
}

/** The whole request, or undefined if its sender went away before the end. */
async function receive(incoming: IncomingMessage): Promise<ReceivedRequest | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
  } catch {
    return undefined
  }
  const { method = '', url = '', rawHeaders, headers } = incoming
  return { method, url, rawHeaders, headers, body: Buffer.concat(chunks) }
}

function writeReply(response: ServerResponse, { status = 200, headers, body = '' }: ScriptedReply): void {
  const all = { 'content-type': 'application/json', ...headers }
  response.writeHead(status, all as Record<string, string | string[]>)
  response.end(body)
}

async function listen(server: Server) {
  const sockets = new Set<Socket>()
  const closed: (() => void)[] = []
  let count = 0
  server.on('connection', (socket) => {
    count += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      for (const callback of closed) callback()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    count: () => count,
    onClosed: (callback: () => void) => closed.push(callback),
    drop,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        drop()
      }),
  }
}
