import type { Socket } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BadReply, ConnectionFailed, type OutgoingError, TimedOut } from '../../src/outgoing/errors.js'
import { startRawUpstream, unusedPort } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

/** Whatever an API does wrong ends in the right class, and leaves neither a socket nor a rejection behind. */

const unhandled: unknown[] = []
const note = (reason: unknown) => unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
afterAll(closeAll)

interface Fault {
  readonly fault: string
  readonly serve: (socket: Socket) => void
  readonly method?: string
  readonly timeout?: number
  readonly maxResponseSize?: number
  readonly code: string
  readonly error: new (...args: never[]) => OutgoingError
  readonly phase: string
  readonly message?: RegExp
  readonly hint?: RegExp
  /** It is the body that is wrong, not the way it came: the next call may use the socket. */
  readonly keepsSocket?: boolean
}

const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')
const write = (text: string | Buffer) => (socket: Socket) => void socket.write(text, 'latin1')
const end = (text: string | Buffer) => (socket: Socket) => void socket.end(text, 'latin1')
const withBody = (coding: string, body: Buffer) =>
  Buffer.concat([Buffer.from(head(`Content-Encoding: ${coding}`, `Content-Length: ${body.length}`)), body])
const broken = { code: 'ZN301', error: BadReply }
const late = { code: 'ZN201', error: TimedOut, timeout: 0.4 }
const undecodable = { ...broken, phase: 'body', keepsSocket: true }
const tooLarge = { code: 'ZN302', error: BadReply, phase: 'body', maxResponseSize: 1000 }

/** A byte each 20 ms, for ever. */
function drip(start: string, piece: string) {
  return (socket: Socket) => {
    socket.write(start)
    const timer = setInterval(() => socket.write(piece), 20)
    socket.on('close', () => clearInterval(timer))
  }
}

const faults: Fault[] = [
  { fault: 'closes at once', serve: (s) => s.end(), ...broken, phase: 'headers', message: /before a reply came/ },
  { fault: 'resets at once', serve: (s) => s.resetAndDestroy(), ...broken, phase: 'headers' },
  { fault: 'closes within the head', serve: end('HTTP/1.1 200 OK\r\nContent-'), ...broken, phase: 'headers' },
  { fault: 'closes within the body', serve: end(head('Content-Length: 9') + 'half'), ...broken, phase: 'body' },
  {
    fault: 'resets within the body',
    serve: (s) => s.write(head('Content-Length: 9') + 'half', () => s.resetAndDestroy()),
    ...broken,
    phase: 'body',
  },
  {
    fault: 'closes within a chunk',
    serve: end(head('Transfer-Encoding: chunked') + '9\r\nhalf'),
    ...broken,
    phase: 'body',
  },
  {
    fault: 'never ends its chunks',
    serve: end(head('Transfer-Encoding: chunked') + '4\r\nhalf\r\n'),
    ...broken,
    phase: 'body',
  },
  {
    fault: 'sends a broken chunk',
    serve: write(head('Transfer-Encoding: chunked') + 'zz\r\nhalf\r\n'),
    ...broken,
    phase: 'body',
    message: /Invalid character in chunk size/,
  },
  {
    fault: 'speaks no HTTP',
    serve: write('220 smtp.example.com ESMTP\r\n'),
    ...broken,
    phase: 'headers',
    message: /not HTTP/,
  },
  {
    fault: 'speaks TLS',
    serve: write(Buffer.from([0x15, 3, 1, 0, 2, 2, 10])),
    ...broken,
    phase: 'headers',
    hint: /https:/,
  },
  { fault: 'speaks HTTP/2', serve: write(Buffer.from('000012040000000000', 'hex')), ...broken, phase: 'headers' },
  { fault: 'sends a broken header', serve: write('HTTP/1.1 200 OK\r\nno colon\r\n\r\n'), ...broken, phase: 'headers' },
  {
    fault: 'sends two lengths',
    serve: write(head('Content-Length: 1', 'Content-Length: 2') + 'ab'),
    ...broken,
    phase: 'headers',
    message: /tells its length twice/,
  },
  {
    fault: 'sends one length twice',
    serve: write(head('Content-Length: 2', 'Content-Length: 2') + 'ab'),
    ...broken,
    phase: 'headers',
    message: /tells its length twice/,
  },
  {
    fault: 'never ends its 100 Continue',
    serve: (s) => void s.write(`HTTP/1.1 100 Continue\r\nX-Long: ${'x'.repeat(100_000)}`),
    ...broken,
    phase: 'headers',
    message: /headers of the reply are too large/,
  },
  { fault: 'sends a length that is no number', serve: write(head('Content-Length: -1')), ...broken, phase: 'headers' },
  {
    fault: 'sends headers without end',
    serve: (s) => void s.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100_000)}`),
    ...broken,
    phase: 'headers',
    message: /headers of the reply are too large/,
  },
  {
    fault: 'changes the protocol',
    serve: write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'),
    ...broken,
    phase: 'headers',
    message: /protocol/,
  },
  {
    fault: 'sends an unknown coding',
    serve: write(withBody('zstd', Buffer.from('x'))),
    ...broken,
    phase: 'body',
    message: /"zstd"/,
  },
  {
    fault: 'sends six codings',
    serve: write(withBody('gzip, gzip, gzip, gzip, gzip, gzip', Buffer.from('x'))),
    ...broken,
    phase: 'body',
    message: /6 codings/,
  },
  {
    fault: 'names gzip and sends none',
    serve: write(withBody('gzip', Buffer.from('{"plain":true}'))),
    ...undecodable,
    message: /not the gzip/,
  },
  {
    fault: 'names br and sends none',
    serve: write(withBody('br', Buffer.from('{"plain":true}'))),
    ...undecodable,
    message: /not the br/,
  },
  {
    fault: 'cuts gzip short',
    serve: write(withBody('gzip', gzipSync('x'.repeat(9999)).subarray(0, 30))),
    ...undecodable,
    message: /not the gzip/,
  },
  {
    fault: 'cuts deflate short',
    serve: write(withBody('deflate', deflateSync('x'.repeat(9999)).subarray(0, 20))),
    ...undecodable,
  },
  { fault: 'announces too much', serve: write(head('Content-Length: 1001')), ...tooLarge },
  { fault: 'sends too much', serve: end(head('Connection: close') + 'x'.repeat(1001)), ...tooLarge },
  {
    fault: 'sends too much in chunks',
    serve: write(head('Transfer-Encoding: chunked') + `3e9\r\n${'x'.repeat(1001)}\r\n0\r\n\r\n`),
    ...tooLarge,
  },
  {
    fault: 'sends a gzip that grows too large',
    serve: write(withBody('gzip', gzipSync('x'.repeat(1001)))),
    ...tooLarge,
    keepsSocket: true,
  },
  {
    fault: 'sends an inner gzip that grows too large',
    serve: write(withBody('gzip, gzip', gzipSync(gzipSync('x'.repeat(1001))))),
    ...tooLarge,
    keepsSocket: true,
  },
  { fault: 'never answers', serve: () => undefined, ...late, phase: 'headers', message: /within 0.4 s/ },
  { fault: 'never ends its head', serve: drip('HTTP/1.1 200 OK\r\n', 'X: y\r\n'), ...late, phase: 'headers' },
  {
    fault: 'never ends its body',
    serve: write(head('Content-Length: 9') + 'half'),
    ...late,
    phase: 'body',
    message: /not complete/,
  },
  { fault: 'drips its body', serve: drip(head('Content-Length: 9999'), 'x'), ...late, phase: 'body' },
  { fault: 'drips chunks', serve: drip(head('Transfer-Encoding: chunked'), '1\r\nx\r\n'), ...late, phase: 'body' },
  { fault: 'drips 103 Early Hints', serve: drip('', 'HTTP/1.1 103 Early Hints\r\n\r\n'), ...late, phase: 'headers' },
]

describe('an API that', () => {
  test.each(faults)('$fault', async ({ serve, timeout = 20, method = 'GET', ...fault }) => {
    const upstream = await startRawUpstream(({ socket }) => serve(socket))
    const closed = new Promise<void>((resolve) => {
      upstream.onSocketClosed(resolve)
    })
    const { conn, events } = open({
      host: upstream.url,
      timeout,
      ...(fault.maxResponseSize !== undefined && { maxResponseSize: fault.maxResponseSize }),
    })
    const error = await failureOf<OutgoingError>(conn.request(cid, { method }))
    expect(error).toBeInstanceOf(fault.error)
    expect(error).toMatchObject({
      code: fault.code,
      phase: fault.phase,
      attempt: 1,
      cid,
      connection: 'Orders API',
      method,
    })
    expect(error.message).toMatch(fault.message ?? /./)
    expect(error.elapsedMs).toBeLessThan(5000)
    expect(events).toMatchObject([{ error: { code: fault.code, phase: fault.phase } }])
    expect(error.hint ?? '').toMatch(fault.hint ?? /^/)
    if (!fault.keepsSocket) await closed
    await upstream.close()
  })
})

test('a port on which nothing listens refuses, and the error asks whether the API runs', async () => {
  const port = await unusedPort()
  const { conn, events } = open({ host: `http://127.0.0.1:${port}` })
  const error = await failureOf<OutgoingError>(conn.get(cid))
  expect(error).toBeInstanceOf(ConnectionFailed)
  expect(error).toMatchObject({
    code: 'ZN102',
    phase: 'connect',
    hint: 'is the API running?',
    status: 502,
    exitCode: 6,
  })
  expect(error.message).toContain(`127.0.0.1:${port} refused the connection`)
  expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
  expect(events[0]?.phases.connect).toBeGreaterThan(0)
})

test('a name of several addresses that all refuse is refused', async () => {
  const { conn } = open({ host: `http://localhost:${await unusedPort()}` })
  expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN102', phase: 'connect' })
})

test('a host that does not exist fails in dns, and the error names it', async () => {
  const { conn, events } = open({ host: 'http://no-such-host.invalid' })
  const error = await failureOf<OutgoingError>(conn.get(cid))
  expect(error).toBeInstanceOf(ConnectionFailed)
  expect(error).toMatchObject({ code: 'ZN101', phase: 'dns' })
  expect(error.message).toContain('no-such-host.invalid')
  expect(events[0]?.phases).not.toHaveProperty('connect')
})

test('a reply that is not for this request discards the socket, and the next call has one of its own', async () => {
  const reply = `${head('Content-Length: 2')}{}`
  const upstream = await startRawUpstream(
    ({ socket, count }) => void socket.write(count === 1 ? `${reply}${head('Content-Length: 9')}"evil-1-"` : reply),
  )
  const { conn } = open({ host: upstream.url })
  expect((await conn.get(cid)).text).toBe('{}')
  expect((await conn.get(cid)).text).toBe('{}')
  expect(upstream.connections).toBe(2)
  await upstream.close()
})
