import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BadCall, BadReply, CallAborted, type OutgoingError, TimedOut } from '../../src/outgoing/errors.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

let upstream: Upstream
beforeEach(async () => {
  upstream = await startUpstream()
})
afterEach(async () => {
  upstream.dropConnections()
  await closeAll()
  await upstream.close()
})

/** Sends the head and these pieces, each after so many milliseconds, and then nothing more. */
function sendSlowly(pieces: readonly (readonly [ms: number, text: string])[], { end = false } = {}): void {
  upstream.reply((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.flushHeaders()
    let at = 0
    for (const [ms, text] of pieces) setTimeout(() => response.write(text), (at += ms))
    if (end) setTimeout(() => response.end(), at)
    return undefined
  })
}

const textOf = (body: ReadableStream<Uint8Array>) => new Response(body).text()

describe('a streamed reply', () => {
  test('is there with its head, and gives the body piece by piece', async () => {
    sendSlowly(
      [
        [0, 'one '],
        [50, 'two '],
        [50, 'three'],
      ],
      { end: true },
    )
    const { conn, events } = open({ host: upstream.url, dataFormat: 'text' })
    const response = await conn.get(cid, { stream: true })
    expect(response).toMatchObject({ statusCode: 200, ok: true, isStream: true })
    expect(events).toEqual([])
    const pieces: string[] = []
    for await (const piece of response.body) pieces.push(Buffer.from(piece).toString())
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe('one two three')
    await expect.poll(() => events).toMatchObject([{ statusCode: 200, size: 13 }])
  })

  test('is decoded', async () => {
    const text = randomBytes(200_000).toString('hex')
    upstream.reply({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) })
    const { conn } = open({ host: upstream.url })
    expect(await textOf((await conn.get(cid, { stream: true })).body)).toBe(text)
  })

  test('may be empty', async () => {
    upstream.reply({ status: 204 })
    const { conn } = open({ host: upstream.url })
    const response = await conn.get(cid, { stream: true })
    expect([response.statusCode, await textOf(response.body)]).toEqual([204, ''])
    expect(await textOf((await conn.head(cid, { stream: true })).body)).toBe('')
  })

  test('has no data, text or raw, and says what to read', async () => {
    const { conn } = open({ host: upstream.url })
    const response = await conn.get(cid, { stream: true })
    for (const key of ['data', 'text', 'raw', 'parseError'] as const) {
      expect(() => response[key]).toThrow(BadCall)
      expect(() => response[key]).toThrow('is a stream')
    }
    await response.body.cancel()
  })

  test('has its time limit for the head, then for each silence, not for the whole', async () => {
    sendSlowly(
      Array.from({ length: 8 }, () => [100, 'x'] as const),
      { end: true },
    )
    const { conn } = open({ host: upstream.url })
    const { body } = await conn.get(cid, { stream: true, timeout: 0.5 })
    expect(await textOf(body)).toBe('xxxxxxxx')
  })

  test('that falls silent fails with TimedOut', async () => {
    sendSlowly([[0, 'x']])
    const { conn, events } = open({ host: upstream.url })
    const { body } = await conn.get(cid, { stream: true, timeout: 0.4 })
    const error = await failureOf<OutgoingError>(textOf(body))
    expect(error).toBeInstanceOf(TimedOut)
    expect(error).toMatchObject({ code: 'ZN201', phase: 'body' })
    await expect.poll(() => events).toMatchObject([{ statusCode: 200, size: 1, error: { code: 'ZN201' } }])
  })

  test('whose head does not come fails like any call', async () => {
    upstream.reply(() => new Promise(() => undefined))
    const { conn } = open({ host: upstream.url })
    expect(await failureOf(conn.get(cid, { stream: true, timeout: 0.4 }))).toMatchObject({
      code: 'ZN201',
      phase: 'headers',
    })
  })

  test.each([
    ['has a coding that is not undone', { 'content-encoding': 'zstd' }, 'ZN301'],
    ['is too large, as its head tells', { 'content-length': '101' }, 'ZN302'],
  ])('that %s fails like any call', async (_, headers, code) => {
    upstream.reply((_, response) => {
      response.writeHead(200, headers)
      response.flushHeaders()
      return undefined
    })
    const { conn, events } = open({ host: upstream.url, maxResponseSize: 100 })
    expect(await failureOf(conn.get(cid, { stream: true, timeout: 5 }))).toMatchObject({ code, phase: 'body' })
    expect(events).toMatchObject([{ error: { code } }])
  })

  test('that nobody reads is given up, so that it holds no socket for ever', async () => {
    upstream.reply({ body: 'x'.repeat(5_000_000) })
    const { conn, events } = open({ host: upstream.url, poolSize: 1 })
    await conn.get(cid, { stream: true, timeout: 0.4 })
    await expect.poll(() => events).toMatchObject([{ error: { code: 'ZN201' } }])
    expect((await conn.get(cid)).statusCode).toBe(200)
  })

  test('is not read ahead of its reader', async () => {
    let sent = 0
    upstream.reply((_, response) => {
      const source = Readable.from(
        (function* () {
          for (; sent < 2000; sent++) yield Buffer.alloc(64 * 1024)
        })(),
      )
      response.writeHead(200)
      source.pipe(response)
      return undefined
    })
    const { conn } = open({ host: upstream.url, maxResponseSize: 1e9 })
    const { body } = await conn.get(cid, { stream: true })
    await expect.poll(() => sent).toBeGreaterThan(1)
    const before = await settled(() => sent)
    expect(before).toBeLessThan(1000)
    let size = 0
    for await (const piece of body) size += piece.length
    expect(size).toBe(2000 * 64 * 1024)
  })

  test('is cancelled by its reader: the socket goes, and that is no failure', async () => {
    const closed = new Promise<void>((resolve) => {
      upstream.reply((_, response) => {
        response.on('close', resolve)
        response.writeHead(200)
        response.write('first')
        return undefined
      })
    })
    const { conn, events } = open({ host: upstream.url })
    const { body } = await conn.get(cid, { stream: true })
    const reader = body.getReader()
    await reader.read()
    await reader.cancel()
    await closed
    await expect.poll(() => events.map(({ statusCode, error }) => [statusCode, error])).toEqual([[200, undefined]])
  })

  test('is aborted with its caller', async () => {
    sendSlowly([[0, 'x']])
    const controller = new AbortController()
    const { conn } = open({ host: upstream.url }, { caller: { signal: controller.signal } })
    const { body } = await conn.get(cid, { stream: true })
    controller.abort()
    expect(await failureOf(textOf(body))).toBeInstanceOf(CallAborted)
  })

  test('that breaks off, or is too large, fails with BadReply', async () => {
    upstream.reply((_, response) => {
      response.writeHead(200, { 'content-length': 9 })
      response.write('half', () => response.destroy())
      return undefined
    })
    const { conn } = open({ host: upstream.url, maxResponseSize: 100 })
    expect(await failureOf(textOf((await conn.get(cid, { stream: true })).body))).toBeInstanceOf(BadReply)
    upstream.reply((_, response) => {
      response.writeHead(200)
      response.end('x'.repeat(101))
      return undefined
    })
    expect(await failureOf(textOf((await conn.get(cid, { stream: true })).body))).toMatchObject({ code: 'ZN302' })
  })
})

test('a whole reply can be read as a stream, too', async () => {
  upstream.reply({ body: '{"a":1}' })
  const { conn } = open({ host: upstream.url })
  const response = await conn.get(cid)
  expect(response.isStream).toBe(false)
  expect(await textOf(response.body)).toBe('{"a":1}')
  expect(await textOf(response.body)).toBe('{"a":1}')
  expect(response.data).toEqual({ a: 1 })
})

describe('a streamed payload', () => {
  async function* pieces() {
    yield 'one '
    await Promise.resolve()
    yield Buffer.from('two')
  }

  test.each([
    ['an async iterable', pieces],
    ['a Node stream', () => Readable.from(pieces())],
    ['a web stream', () => Readable.toWeb(Readable.from(pieces()))],
  ])('may be %s', async (_, source) => {
    const { conn } = open({ host: upstream.url })
    const response = await conn.post(cid, source())
    expect(response.statusCode).toBe(200)
    expect(String(upstream.requests[0]?.body)).toBe('one two')
    expect(upstream.requests[0]?.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'transfer-encoding': 'chunked',
    })
  })

  test('that fails, fails the call, as the mistake of its maker', async () => {
    async function* failing() {
      yield 'one'
      await Promise.resolve()
      throw new Error('the disk is gone')
    }
    const { conn } = open({ host: upstream.url })
    const error = await failureOf<OutgoingError>(conn.put(cid, failing()))
    expect(error).toBeInstanceOf(BadCall)
    expect(error).toMatchObject({ code: 'ZN402', cause: { message: 'the disk is gone' } })
    expect(await failureOf(conn.post(cid, Readable.from([{ not: 'bytes' }])))).toMatchObject({ code: 'ZN402' })
    expect((await conn.get(cid)).statusCode).toBe(200)
  })

  test.each([
    ['a web stream', (cancel: () => void) => new ReadableStream({ cancel }), 0.4],
    ['a Node stream', (cancel: () => void) => new Readable({ read() {} }).on('close', cancel), 0.4],
  ])('that falls silent does not hold the call: %s is let go', async (_, make, timeout) => {
    let source: unknown
    const cancelled = new Promise<void>((resolve) => {
      source = make(resolve)
    })
    const { conn } = open({ host: upstream.url })
    expect(await failureOf(conn.post(cid, source, { timeout }))).toMatchObject({ code: 'ZN201' })
    await cancelled
  })

  test('is never sent twice', async () => {
    const { conn } = open({ host: upstream.url })
    await conn.get(cid)
    upstream.reply((_, response) => {
      response.socket?.resetAndDestroy()
      return undefined
    })
    expect(await failureOf(conn.put(cid, pieces()))).toMatchObject({ attempt: 1 })
  })
})

/** The value once it has stopped to change. */
async function settled(read: () => number): Promise<number> {
  let last = -1
  let same = 0
  await expect
    .poll(() => {
      const now = read()
      same = now === last ? same + 1 : 0
      last = now
      return same
    })
    .toBeGreaterThan(3)
  return last
}
