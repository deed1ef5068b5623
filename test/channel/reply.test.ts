import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/exchange.js'
import { type Listening, listening, sendRaw, until } from './listening.js'
import { channel } from './projects.js'

let running: Listening
beforeAll(async () => {
  running = await listening({ channelRest: [channel('/any')] })
})
afterAll(() => running.close())
beforeEach(() => {
  running.incoming.length = running.events.length = running.logs.length = 0
})

const answer = (outcome: Partial<Outcome>) =>
  running.serve(() => Promise.resolve({ statusCode: 200, headers: {}, ...outcome }))
const bytes = (text: string) => Buffer.from(text)
const get = 'GET /any HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** A stream of these pieces; what happened to it is told. */
function streamOf(pieces: Iterable<unknown>, failure?: Error) {
  const seen = { pulled: 0, cancelled: false }
  const iterator = pieces[Symbol.iterator]()
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        seen.pulled++
        const next = iterator.next()
        if (!next.done) controller.enqueue(next.value as Uint8Array)
        else if (failure) controller.error(failure)
        else controller.close()
      },
      cancel: () => void (seen.cancelled = true),
    },
    { highWaterMark: 0 },
  )
  return { body, seen }
}

describe('Bytes', () => {
  test('go out with their length, under their status and headers', async () => {
    answer({
      statusCode: 201,
      headers: { location: '/x', 'set-cookie': ['a=1', 'b=2'], 'x-list': ['1', '2'] },
      body: bytes('héllo'),
    })
    const reply = await running.fetch('/any')
    expect([reply.status, reply.text]).toEqual([201, 'héllo'])
    expect(reply.headers).toMatchObject({
      location: '/x',
      'set-cookie': ['a=1', 'b=2'],
      'x-list': '1, 2',
      'content-length': '6',
    })
    expect(running.events).toMatchObject([{ statusCode: 201, size: 6, aborted: false }])
  })

  test('may be none', async () => {
    answer({})
    const reply = await running.fetch('/any')
    expect([reply.status, reply.text, reply.headers['content-length']]).toEqual([200, '', '0'])
  })

  test.each([204, 205, 304])('are left out of a %i', async (statusCode) => {
    answer({ statusCode, body: bytes('no one may see this') })
    const text = await sendRaw(running.port, get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    expect(text.endsWith('\r\n\r\n')).toBe(true)
    expect(text).not.toContain('Transfer-Encoding')
    const { body, seen } = streamOf([bytes('x')])
    answer({ statusCode, body })
    expect((await running.fetch('/any')).text).toBe('')
    expect(seen).toEqual({ pulled: 0, cancelled: true })
  })

  test('of a HEAD request are counted, not sent', async () => {
    answer({ body: bytes('hello') })
    const reply = await running.fetch('/any', { method: 'HEAD' })
    expect([reply.text, reply.headers['content-length']]).toEqual(['', '5'])
    expect(running.events).toMatchObject([{ size: 0 }])
  })
})

describe('A problem that a service chose', () => {
  test('is a document with its headers and its entries', async () => {
    const errors = [{ path: '/sku', message: 'is missing' }]
    answer({
      statusCode: 422,
      headers: { 'retry-after': '1', 'content-type': 'x/y' },
      problem: { title: 'No', detail: 'Not so', errors },
    })
    const reply = await running.fetch('/any')
    const cid = reply.headers['x-zato-cid']
    expect(reply.json).toEqual({ type: 'about:blank', title: 'No', status: 422, detail: 'Not so', cid, errors })
    expect(reply.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' })
  })

  test('has the title of its status by default', async () => {
    answer({ statusCode: 404, problem: {} })
    const reply = await running.fetch('/any')
    expect(reply.json).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      cid: reply.headers['x-zato-cid'],
    })
    expect((await running.fetch('/any', { method: 'HEAD' })).text).toBe('')
  })
})

describe('What cannot be sent', () => {
  test.each<[string, Partial<Outcome>]>([
    ['a status of 0', { statusCode: 0 }],
    ['a status of 100', { statusCode: 100 }],
    ['a status of 199', { statusCode: 199 }],
    ['a status of 600', { statusCode: 600 }],
    ['a status that is a fraction', { statusCode: 200.5 }],
    ['a status that is no number', { statusCode: Number.NaN }],
    ['a status that is text', { statusCode: '200' as unknown as number }],
    ['a header with a line break', { headers: { 'x-a': 'b\r\nx-injected: 1' } }],
    ['a header with a NUL', { headers: { 'x-a': '\0' } }],
    ['a header outside Latin-1', { headers: { 'x-a': '→' } }],
    ['a header name with a blank', { headers: { 'x a': '1' } }],
    ['a header name with a line break', { headers: { 'x-a\r\nx-injected': '1' } }],
    ['an empty header name', { headers: { '': '1' } }],
    ['one bad value of several', { headers: { 'set-cookie': ['a=1', 'b=2\n'] } }],
    ['a bad header beside a stream', { headers: { 'x-a': '\n' }, body: streamOf([bytes('x')]).body }],
    ['a bad header beside a problem', { statusCode: 404, headers: { 'x-a': '\n' }, problem: {} }],
    ['no headers at all', { headers: undefined as unknown as Outcome['headers'] }],
    ['a stream that is being read', { body: lockedStream() }],
  ])('%s is one 500, logged, and the process lives', async (_what, outcome) => {
    answer({ body: bytes('secret'), ...outcome })
    const reply = await running.fetch('/any')
    expect(reply.status).toBe(500)
    expect(reply.json).toMatchObject({ status: 500, cid: reply.headers['x-zato-cid'] })
    expect(reply.headers['x-injected']).toBeUndefined()
    expect(running.logs).toMatchObject([
      { level: 'error', cid: reply.headers['x-zato-cid'], fields: { code: 'ZS303' } },
    ])
    expect(running.events).toMatchObject([{ statusCode: 500, aborted: false }])
    answer({ body: bytes('fine') })
    expect((await running.fetch('/any')).text).toBe('fine')
  })

  test('what throws in place of an answer is a 500 without its message, before and after a body has come', async () => {
    running.serve(() => {
      throw new Error('inside')
    })
    for (const options of [{}, { method: 'POST', body: '{}' }]) {
      const reply = await running.fetch('/any', options)
      expect(reply.status).toBe(500)
      expect(reply.text).not.toContain('inside')
    }
    expect(running.logs).toMatchObject([{ fields: { code: 'ZX001' } }, { fields: { code: 'ZX001' } }])
  })

  test('headers that frame the message, and the cid, are the listener’s', async () => {
    const framing = {
      connection: 'upgrade',
      'content-length': '3',
      'keep-alive': 'x',
      'proxy-connection': 'x',
      te: 'x',
      trailer: 'x-t',
      'transfer-encoding': 'gzip',
      upgrade: 'websocket',
      'X-Zato-CID': 'forged',
    }
    answer({ headers: framing, body: bytes('hello') })
    const reply = await running.fetch('/any')
    expect([reply.text, reply.headers['content-length']]).toEqual(['hello', '5'])
    for (const name of ['te', 'trailer', 'transfer-encoding', 'upgrade', 'proxy-connection'])
      expect(reply.headers[name]).toBeUndefined()
    expect(reply.headers['x-zato-cid']).not.toContain('forged')
  })
})

function lockedStream() {
  const { body } = streamOf([bytes('x')])
  body.getReader()
  return body
}

describe('Streams', () => {
  test('go out chunked, piece by piece', async () => {
    const { body } = streamOf([bytes('a'), new Uint8Array(0), bytes('b'), bytes('c')])
    answer({ headers: { 'content-type': 'text/plain' }, body })
    const reply = await running.fetch('/any')
    expect([reply.text, reply.headers['transfer-encoding'], reply.headers['content-type']]).toEqual([
      'abc',
      'chunked',
      'text/plain',
    ])
    expect(running.events).toMatchObject([{ size: 3, aborted: false, statusCode: 200 }])
  })

  test('send their head before the first piece, if that takes a while', async () => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    answer({
      headers: { 'content-type': 'text/event-stream' },
      body: new ReadableStream({ start: (it) => void (controller = it) }),
    })
    const text = await sendRaw(running.port, get, { until: '\r\n\r\n' })
    expect(text).toContain('text/event-stream')
    controller?.error(new Error('done'))
  })

  test('have their headers in Latin-1, as any other reply has', async () => {
    const headers = { 'content-disposition': 'attachment; filename="résumé.pdf"' }
    const line = Buffer.from('résumé.pdf', 'latin1').toString('latin1')
    answer({ headers, body: streamOf([bytes('x')]).body })
    expect(await sendRaw(running.port, get, { until: '\r\n0\r\n' })).toContain(line)
    answer({ headers, body: bytes('x') })
    expect(await sendRaw(running.port, get, { until: '\r\n\r\nx' })).toContain(line)
  })

  test('are not read for HEAD', async () => {
    const { body, seen } = streamOf([bytes('a')])
    answer({ body })
    expect((await running.fetch('/any', { method: 'HEAD' })).text).toBe('')
    expect(seen).toEqual({ pulled: 0, cancelled: true })
  })

  test('that fail at once are a 500', async () => {
    answer({ body: streamOf([], new Error('inside')).body })
    const reply = await running.fetch('/any')
    expect([reply.status, reply.text.includes('inside')]).toEqual([500, false])
  })

  test.each<[string, unknown[], Error | undefined]>([
    ['fail after the first byte', [bytes('start')], new Error('broken')],
    ['hold something else than bytes', [bytes('start'), 'text'], undefined],
  ])('that %s destroy the connection', async (_what, pieces, failure) => {
    answer({ body: streamOf(pieces, failure).body })
    const text = await sendRaw(running.port, get)
    expect(text).toMatch(/^HTTP\/1.1 200 OK[^]*start/)
    expect(text).not.toContain('\r\n0\r\n\r\n')
    expect(running.logs).toMatchObject([{ level: 'error', message: expect.stringContaining('broke off') as unknown }])
    expect(running.events).toMatchObject([{ aborted: true, size: 5 }])
  })

  test('that fail do not end cleanly for HTTP/1.0 either, where the end of the connection ends the body', async () => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    answer({ body: new ReadableStream({ start: (it) => void (controller = it) }) })
    const ending = new Promise((resolve) => {
      const socket = connect(running.port, '127.0.0.1', () => socket.write('GET /any HTTP/1.0\r\n\r\n'))
      socket.on('error', resolve).on('end', () => resolve('a clean end'))
      // Only what has been read is safe from the reset.
      socket.once('data', () => controller?.error(new Error('broken')))
    })
    expect(await ending).toMatchObject({ code: 'ECONNRESET' })
  })

  test('wait for a caller that reads slowly, and are cancelled when it goes away', async () => {
    const piece = new Uint8Array(64 * 1024)
    const { body, seen } = streamOf(Array.from({ length: 10_000 }, () => piece))
    answer({ body })
    const socket = connect(running.port, '127.0.0.1', () => socket.write(get))
    socket.pause()
    await until(() => seen.pulled > 3)
    let before = -1
    while (before !== seen.pulled) {
      before = seen.pulled
      await wait(100)
    }
    expect(seen.pulled).toBeLessThan(500)
    expect(running.listener.inFlight).toBe(1)
    socket.destroy()
    await until(() => seen.cancelled)
    expect(running.incoming[0]?.signal.aborted).toBe(true)
    expect(running.events).toMatchObject([{ aborted: true, statusCode: 200 }])
  })
})

describe('A caller that goes away', () => {
  test('aborts the signal; what comes then is thrown away', async () => {
    const { body, seen } = streamOf([bytes('a')])
    let finish: ((outcome: Outcome) => void) | undefined
    running.serve(() => new Promise((resolve) => (finish = resolve)))
    const socket = connect(running.port, '127.0.0.1', () => socket.write(get))
    await until(() => finish !== undefined)
    expect(running.incoming[0]?.signal.aborted).toBe(false)
    socket.destroy()
    await until(() => running.incoming[0]?.signal.aborted === true)
    expect(running.events).toMatchObject([{ aborted: true, statusCode: 0 }])
    expect(running.listener.inFlight).toBe(0)
    finish?.({ statusCode: 200, headers: {}, body })
    await until(() => seen.cancelled)
    expect(running.events).toHaveLength(1)
  })

  test('aborts every request that it had pipelined', async () => {
    running.serve(() => new Promise(() => undefined))
    const socket = connect(running.port, '127.0.0.1', () => socket.write(get + get + get))
    await until(() => running.incoming.length === 3)
    socket.destroy()
    await until(() => running.incoming.every(({ signal }) => signal.aborted))
    expect(running.listener.inFlight).toBe(0)
  })

  test('having got its reply aborts nothing', async () => {
    answer({ body: bytes('x') })
    await running.fetch('/any')
    await until(() => running.events.length === 1)
    expect(running.incoming[0]?.signal.aborted).toBe(false)
  })
})

test('pipelined requests are answered in their order', async () => {
  const delays = [30, 10, 0]
  running.serve(async () => {
    const index = running.incoming.length - 1
    await wait(delays[index] ?? 0)
    return { statusCode: 200, headers: {}, body: bytes(`reply ${index}`) }
  })
  const text = await sendRaw(running.port, get + get + get, { until: 'reply 2' })
  expect(text.match(/reply \d/g)).toEqual(['reply 0', 'reply 1', 'reply 2'])
})
