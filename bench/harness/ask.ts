import { once } from 'node:events'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** By its socket: if that is its own, the bytes of the whole reply as they were on the wire. */
  readonly bytesRead: number
}

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** A socket of its own, unless one is given. */
  readonly agent?: Agent
  readonly timeoutMs?: number
}

/** Sends one request. Rejects if no whole answer comes. */
export async function ask(url: string, question: Question = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, agent, timeoutMs = 10_000 } = question
  const outgoing = request(url, { method, headers, agent: agent ?? false, signal: AbortSignal.timeout(timeoutMs) })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { statusCode = 0, headers: received, socket } = response
  return { statusCode, headers: received, body: await text(response), bytesRead: socket.bytesRead }
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
