import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { OutgoingError } from '../../src/outgoing/errors.js'
import type { OAuthDefinition, OutgoingDefinition } from '../../src/project/schema.js'
import { type RawUpstream, startRawUpstream, startUpstream } from '../helpers/upstream.js'
import { head } from './helpers/faults.js'
import { cid, closeAll, open } from './helpers/open-outgoing.js'

/** What may not be done twice is sent once, counted where it arrives, unless somebody asks for more. */

afterEach(closeAll)

interface Mishap {
  readonly mishap: string
  readonly serve: (socket: Socket) => void
  readonly size?: number
  readonly timeout?: number
  /** How often it is sent where a call asks for two retries; a reply that nothing can be made of is final. */
  readonly asked?: number
}

const good = `${head('Content-Length: 2')}{}`
const write = (text: string | Buffer) => (socket: Socket) => void socket.write(text)
const brokenGzip = Buffer.concat([
  Buffer.from(head('Content-Encoding: gzip', 'Content-Length: 10')),
  gzipSync('{}').subarray(0, 10),
])
const answer = (status: string, ...headers: string[]) => head('Content-Length: 0', ...headers).replace('200 OK', status)

const mishaps: readonly Mishap[] = [
  { mishap: 'resets before the body is there', serve: (socket) => socket.resetAndDestroy(), size: 5_000_000 },
  { mishap: 'closes before the body is there', serve: (socket) => socket.destroy(), size: 5_000_000 },
  {
    mishap: 'answers 503 before the body is there, and closes',
    serve: (s) => s.end(answer('503 Busy')),
    size: 5_000_000,
  },
  { mishap: 'resets after the body', serve: (socket) => socket.resetAndDestroy() },
  { mishap: 'closes after the body', serve: (socket) => socket.end() },
  { mishap: 'breaks off its head', serve: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-') },
  { mishap: 'breaks off its body', serve: (socket) => socket.end(`${head('Content-Length: 9')}half`) },
  { mishap: 'does not answer in time', serve: () => undefined, timeout: 0.1 },
  { mishap: 'does not end its body in time', serve: write(`${head('Content-Length: 9')}half`), timeout: 0.1 },
  ...['429 Too Many Requests', '502 Bad Gateway', '503 Busy', '504 Timeout'].map((status) => ({
    mishap: `answers ${status}`,
    serve: write(answer(status)),
  })),
  { mishap: 'answers 503 and asks to be asked again', serve: write(answer('503 Busy', 'Retry-After: 0')) },
  { mishap: 'answers 429 and asks to be asked again', serve: write(answer('429 Busy', 'Retry-After: 0')) },
  { mishap: 'answers 408', serve: write(answer('408 Request Timeout', 'Connection: close')), asked: 1 },
  { mishap: 'answers 500', serve: write(answer('500 Internal Server Error')), asked: 1 },
  { mishap: 'redirects', serve: write(answer('307 Temporary Redirect', 'Location: /again')), asked: 1 },
  { mishap: 'sends what it calls gzip', serve: write(brokenGzip), asked: 1 },
]

const mostRetries = { maxRetries: 5, retrySleepTime: 0.01 }
const keyOf = (text: string) => /^idempotency-key: (.+)$/im.exec(text)?.[1]

async function send(upstream: RawUpstream, { method, size = 10, retries, ...definition }: Sent): Promise<void> {
  const { conn } = open({ host: upstream.url, ...definition })
  const options = { method, payload: 'x'.repeat(size), ...(retries !== undefined && { retries }) }
  const outcome = await conn.request(cid, options).catch((error: unknown) => error)
  // Only the failures that are meant to happen.
  if (outcome instanceof Error && !(outcome instanceof OutgoingError)) throw outcome
}

interface Sent extends Partial<Omit<OutgoingDefinition, 'method'>> {
  readonly method: string
  readonly size?: number | undefined
  readonly retries?: number
}

describe.each(['POST', 'PATCH'])('A %s to an API that', (method) => {
  test.each(mishaps)('$mishap is sent once, with retries on and off', async ({ serve, size, timeout = 20 }) => {
    const upstream = await startRawUpstream(({ socket }) => serve(socket))
    await send(upstream, { method, size, timeout })
    await send(upstream, { method, size, timeout, ...mostRetries })
    await send(upstream, { method, size, timeout, ...mostRetries, retries: 0 })
    expect(upstream.heads).toHaveLength(3)
    expect(upstream.heads.map(keyOf)).toEqual([undefined, undefined, undefined])
    await upstream.close()
  })
})

test.each(mishaps)('A POST that asks for it to an API that $mishap is sent again, under one key', async (mishap) => {
  const { serve, size, timeout = 20, asked = 3 } = mishap
  const upstream = await startRawUpstream(({ socket }) => serve(socket))
  await send(upstream, { method: 'POST', size, timeout, retrySleepTime: 0.01, retries: 2 })
  expect(upstream.heads).toHaveLength(asked)
  expect(new Set(upstream.heads.map(keyOf)).size).toBe(1)
  expect(keyOf(upstream.heads[0] ?? '')).toMatch(/\S{16,}/)
  await upstream.close()
})

describe('On a socket that was kept alive, and that the API drops as the next request comes,', () => {
  const startDropping = () =>
    startRawUpstream(({ socket, countOnSocket }) => {
      if (countOnSocket === 1) socket.write(good)
      else socket.resetAndDestroy()
    })

  test('a POST is sent once, with retries on and off', async () => {
    for (const definition of [{}, mostRetries]) {
      const upstream = await startDropping()
      const { conn } = open({ host: upstream.url, ...definition })
      expect(await conn.post(cid, { order: 1 })).toMatchObject({ attempts: 1 })
      await expect(conn.post(cid, { order: 2 })).rejects.toMatchObject({ code: 'ZN301', attempt: 1 })
      expect(upstream.heads).toHaveLength(2)
      await upstream.close()
    }
  })

  test('one that asks for it is sent again, on another', async () => {
    const upstream = await startDropping()
    const { conn } = open({ host: upstream.url, retrySleepTime: 0.01 })
    await conn.post(cid, { order: 1 })
    expect(await conn.post(cid, { order: 2 }, { retries: 2 })).toMatchObject({ statusCode: 200, attempts: 2 })
    expect(upstream.heads).toHaveLength(3)
    await upstream.close()
  })

  test('hundreds at once, while sockets are dropped at random, arrive once each', async () => {
    const upstream = await startRawUpstream(({ socket }) => {
      const dice = Math.random()
      if (dice < 0.1) socket.resetAndDestroy()
      else if (dice < 0.2) socket.end(good)
      else if (dice < 0.25) socket.end()
      else setTimeout(() => socket.write(good), dice * 5)
    })
    const { conn } = open({ host: upstream.url, ...mostRetries })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 600 }, (_, number) => conn.post(cid, undefined, { params: { number } })),
    )
    const arrived = upstream.heads.map((text) => /number=(\d+)/.exec(text)?.[1])
    expect(new Set(arrived).size).toBe(arrived.length)
    const answered = outcomes.filter(({ status }) => status === 'fulfilled').length
    expect(answered).toBeGreaterThan(300)
    expect(arrived.length).toBeGreaterThanOrEqual(answered)
    await upstream.close()
  })
})

describe('A token that is refused', () => {
  const security = (authServerUrl: string): OAuthDefinition => ({
    name: 'OAuth',
    type: 'bearer_token',
    isActive: true,
    username: 'shop',
    password: 'secret of the shop',
    authServerUrl,
    scopes: '',
    dataFormat: 'form',
    grantType: 'client_credentials',
    clientIdField: 'client_id',
    clientSecretField: 'client_secret',
    extraFields: {},
    tokenEndpointAuthMethod: 'client_secret_post',
    timeout: 10,
    validateTls: true,
    tlsCa: undefined,
  })

  test.each<[string, () => unknown, number]>([
    ['is the one reason to send a POST twice unasked: the API has done nothing', () => ({ order: 1 }), 2],
    ['is none to send a stream twice', () => new Response('{"order":1}').body, 1],
  ])('%s', async (_, payload, times) => {
    let tokens = 0
    const authority = await startUpstream(() => ({ body: JSON.stringify({ access_token: `token-${(tokens += 1)}` }) }))
    const api = await startUpstream(({ headers }) => ({
      status: headers.authorization === 'Bearer token-1' ? 401 : 200,
    }))
    const { conn } = open({ host: api.url, ...mostRetries }, { security: security(`${authority.url}/token`) })
    const response = await conn.post(cid, payload())
    expect([response.statusCode, api.requests.length]).toEqual([times === 2 ? 200 : 401, times])
    expect(new Set(api.requests.map(({ body }) => body.toString()))).toEqual(new Set(['{"order":1}']))
    await Promise.all([authority.close(), api.close()])
  })
})
