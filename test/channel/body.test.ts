import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Listening, listening, sendRaw, until } from './listening.js'
import { basicAuth, channel } from './projects.js'

let running: Listening

beforeAll(async () => {
  running = await listening({
    server: { bodyLimit: 100_000 },
    security: [basicAuth('Key')],
    channelRest: [channel('/any'), channel('/secured', { security: 'Key' }), channel('/only-put', { method: 'PUT' })],
  })
})
afterAll(() => running.close())
beforeEach(() => {
  running.incoming.length = running.events.length = 0
})

const head = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n')

describe('Bodies', () => {
  test('arrive byte for byte, whatever the Content-Type says', async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    await running.fetch('/any', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    await running.fetch('/any', { method: 'GET', body: 'on GET, too', headers: { 'content-length': '11' } })
    expect(running.incoming.map((one) => one.body)).toEqual([body, Buffer.from('on GET, too')])
  })

  test('may come in pieces, chunked', async () => {
    const text = head('POST /any', 'Transfer-Encoding: chunked', 'Connection: close')
    const answer = await sendRaw(running.port, `${text}3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(running.incoming[0]?.body.toString()).toBe('abcdefg')
  })

  test('are empty where there is none', async () => {
    await running.fetch('/any', { method: 'POST' })
    await running.fetch('/any', { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: '' })
    await running.fetch('/any')
    expect(running.incoming.map((one) => one.body.length)).toEqual([0, 0, 0])
  })

  test('of exactly the limit are read, one byte more is 413', async () => {
    const send = (size: number) => running.fetch('/any', { method: 'POST', body: 'x'.repeat(size) })
    expect((await send(100_000)).status).toBe(200)
    const answer = await send(100_001)
    expect([answer.status, answer.json.detail]).toEqual([413, 'The body is over the limit of 100000 bytes'])
    expect(answer.headers.connection).toBe('close')
  })

  test('over the limit are 413 at once, by what Content-Length says', async () => {
    const answer = await sendRaw(running.port, head('POST /any', 'Content-Length: 99999999999'), { until: 'problem' })
    expect(answer).toMatch(/^HTTP\/1.1 413 /)
    expect(running.incoming).toEqual([])
  })

  test('over the limit without a Content-Length are 413, too, and the caller gets to read it', async () => {
    const body = 'x'.repeat(20 * 1024 * 1024)
    const answer = await running.fetch('/any', { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body })
    expect(answer.status).toBe(413)
    expect((await running.fetch('/any', { method: 'POST', body })).status).toBe(413)
    expect(running.incoming).toEqual([])
  })

  test.each(['gzip', 'br', 'x-unknown', 'identity, gzip'])('in the coding %s are 415', async (coding) => {
    const answer = await running.fetch('/any', { method: 'POST', body: 'x', headers: { 'content-encoding': coding } })
    expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'identity'])
  })

  test.each(['gzip, chunked', 'chunked, chunked', 'identity, chunked'])(
    'in the transfer coding %s are 501, or no HTTP',
    async (coding) => {
      const text = head('POST /any', `Transfer-Encoding: ${coding}`, 'Connection: close')
      expect(await sendRaw(running.port, `${text}1\r\nx\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1.1 (501|400) /)
      expect(running.incoming).toEqual([])
    },
  )

  test('that are not read leave a connection that can be used again', async () => {
    const request = `${head('POST /secured', 'Content-Length: 5')}hello`
    const answer = await sendRaw(running.port, `${request}${head('GET /any', 'Connection: close')}`)
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200'])
  })
})

describe('Expect: 100-continue', () => {
  test('asks for the body once the request is admitted', async () => {
    const socket = connect(running.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.write(head('POST /any', 'Content-Length: 5', 'Expect: 100-continue', 'Connection: close'))
    await until(() => text.includes('\r\n\r\n'))
    expect(text).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('hello')
    await until(() => socket.closed)
    expect(text).toMatch(/HTTP\/1.1 200 /)
    expect(running.incoming[0]?.body.toString()).toBe('hello')
  })

  test.each([
    ['/nowhere', 'Content-Length: 5', 404],
    ['/only-put', 'Content-Length: 5', 405],
    ['/secured', 'Content-Length: 5', 401],
    ['/any', 'Content-Length: 500000', 413],
  ])('never asks for the body of a request that is refused: %s, %s', async (path, length, status) => {
    const answer = await sendRaw(running.port, head(`POST ${path}`, length, 'Expect: 100-continue'), { until: '"}' })
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).not.toContain('100 Continue')
    expect(answer).toContain('Connection: close')
  })

  test('is the only thing that can be expected', async () => {
    const answer = await sendRaw(running.port, head('GET /any', 'Expect: a miracle', 'Connection: close'))
    expect(answer).toMatch(/^HTTP\/1.1 417 /)
    expect(answer).toContain('X-Zato-CID: ')
  })
})

test('a caller that goes away in the middle of its body runs no service', async () => {
  const socket = connect(running.port, '127.0.0.1')
  socket.write(`${head('POST /any', 'Content-Length: 100')}half`)
  await until(() => running.listener.inFlight === 1)
  socket.destroy()
  await until(() => running.listener.inFlight === 0)
  expect(running.incoming).toEqual([])
  expect(running.events).toMatchObject([{ aborted: true, statusCode: 0 }])
})
