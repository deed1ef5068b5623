import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Listening, listening, sendRaw, until } from './listening.js'
import { basicAuth, channel } from './projects.js'

let running: Listening
beforeAll(async () => {
  running = await listening({
    channelRest: [channel('/any'), channel('/{a}/{b}'), channel('/{rest}', { matchSlash: true })],
  })
})
afterAll(() => running.close())
beforeEach(() => (running.incoming.length = running.events.length = 0))

const get = 'GET /any HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

/** Takes the one reply of a connection apart. */
function readReply(text: string) {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2)
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  return { status: Number(statusLine.split(' ')[1]), headers, body }
}

describe('What is no HTTP', () => {
  test.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['an unknown method', get.replace('GET', 'FROB'), 400],
    ['an unknown version', get.replace('1.1', '9.9'), 400],
    ['a path with a blank', get.replace('/any', '/a ny'), 400],
    ['a path with raw UTF-8', get.replace('/any', '/\xc3\xa9'), 400],
    ['a header without a colon', get.replace('Host:', 'Host'), 400],
    ['a header with a NUL', get.replace('localhost', 'local\0host'), 400],
    ['a folded header', get.replace('Connection', ' Connection'), 400],
    ['two lengths', get.replace('Connection', 'Content-Length: 1\r\nContent-Length: 2\r\nConnection'), 400],
    [
      'a length and chunks',
      get.replace('Connection', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection'),
      400,
    ],
    ['a negative length', get.replace('Connection', 'Content-Length: -1\r\nConnection'), 400],
    ['an unknown transfer coding', get.replace('Connection', 'Transfer-Encoding: gzip\r\nConnection'), 501],
    ['headers over 16 KB', get.replace('localhost', `localhost\r\nX: ${'x'.repeat(20_000)}`), 431],
    ['a path over 16 KB', get.replace('/any', `/${'x'.repeat(20_000)}`), 431],
    ['a malformed chunk', `${get.replace('Connection', 'Transfer-Encoding: chunked\r\nConnection')}zz\r\n`, 400],
    ['CONNECT', 'CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
  ])('%s', async (_what, bytes, status) => {
    const reply = readReply(await sendRaw(running.port, bytes))
    expect(reply.status).toBe(status)
    expect(reply.headers).toMatchObject({
      'x-zato-cid': expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      'content-type': 'application/problem+json',
      'content-length': String(reply.body.length),
      connection: 'close',
    })
    const problem = JSON.parse(reply.body) as Record<string, unknown>
    expect(problem).toMatchObject({ status, cid: reply.headers['x-zato-cid'] })
    expect(running.incoming).toEqual([])
  })

  test.each([
    ['a path that is not served', 'POST /nope HTTP/1.1', 404],
    ['a channel that wants credentials', 'POST /secured HTTP/1.1', 401],
  ])('in the body of a request that was refused for %s is not answered again', async (_what, line, status) => {
    const refusing = await listening({
      security: [basicAuth('Key')],
      channelRest: [channel('/secured', { security: 'Key' })],
    })
    const head = `${line}\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`
    const text = await sendRaw(refusing.port, `${head}5\r\nhello\r\nXX\r\n`)
    expect(text.split('HTTP/1.1 ').map((reply) => reply.slice(0, 3))).toEqual(['', String(status)])
    expect(JSON.parse(readReply(text).body)).toMatchObject({ status })
    await refusing.close()
  })

  test('behind a request that is being answered ends the connection, not the reply of another', async () => {
    running.serve(() => new Promise(() => undefined))
    const text = await sendRaw(running.port, `${get.replace('Connection: close\r\n', '')}nonsense\r\n\r\n`)
    expect(text).toBe('')
    expect(running.incoming[0]?.signal.aborted).toBe(true)
  })
})

test('a placeholder of any text arrives as it was, in one segment', async () => {
  running.serve((incoming) =>
    Promise.resolve({ statusCode: 200, headers: {}, body: Buffer.from(JSON.stringify(incoming.params)) }),
  )
  const text = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .filter((value) => value !== '.' && value !== '..')
  await fc.assert(
    fc.asyncProperty(text, text, async (a, b) => {
      const answer = await running.fetch(`/${encodeURIComponent(a)}/${encodeURIComponent(b)}`)
      expect(answer.json).toEqual({ a, b })
    }),
    { numRuns: 300 },
  )
})

test('a query of any keys and values arrives as it was', async () => {
  running.serve((incoming) =>
    Promise.resolve({
      statusCode: 200,
      headers: {},
      body: Buffer.from(JSON.stringify(Object.entries(incoming.query))),
    }),
  )
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  const query = fc.array(fc.tuple(fc.oneof(text, fc.constantFrom('__proto__', 'a', 'constructor', '')), text), {
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(query, fc.boolean(), async (pairs, asForm) => {
      const encoded = asForm
        ? new URLSearchParams(pairs).toString()
        : pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
      const values = new Map<string, string | string[]>()
      for (const [key, value] of pairs) values.set(key, values.has(key) ? [values.get(key) ?? '', value].flat() : value)
      const answer = await running.fetch(`/any?${encoded}`)
      expect(new Map(answer.json as unknown as [string, string][])).toEqual(values)
    }),
    { numRuns: 300 },
  )
})

test('no bytes that come in end the process, and each request gets a reply or an end', async () => {
  running.serve((incoming) => Promise.resolve({ statusCode: 200, headers: {}, body: Buffer.from(incoming.path) }))
  const token = fc.constantFrom(
    ...[
      'GET ',
      'POST ',
      'OPTIONS ',
      '/any',
      '/%',
      '/..',
      '*',
      ' HTTP/1.1',
      ' HTTP/1.0',
      '\r\n',
      '\r\n\r\n',
      '\n',
      '\0',
    ],
    ...[
      'Host: localhost',
      'Host: ',
      'Content-Length: ',
      '5',
      '-1',
      'Transfer-Encoding: chunked',
      'Expect: 100-continue',
      '0\r\n\r\n',
    ],
    ...[
      'Origin: null',
      'Connection: close',
      'X-Zato-CID: ',
      'Upgrade: websocket',
      'Connection: Upgrade',
      '?a=%',
      'http://',
      '\xff',
    ],
  )
  const bytes = fc.oneof(
    fc.array(fc.oneof(token, fc.string({ maxLength: 5 })), { maxLength: 15 }).map((parts) => parts.join('')),
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1')),
    fc
      .tuple(fc.nat(get.length), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([at, text]) => get.slice(0, at) + text + get.slice(at)),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (text) => {
      const reply = (await sendRaw(running.port, text, { ends: true })).replace('HTTP/1.1 100 Continue\r\n\r\n', '')
      if (reply !== '') expect(reply).toMatch(/^HTTP\/1.1 [2-5]\d\d [^]*X-Zato-CID: /)
    }),
    { numRuns: 300 },
  )
  const answer = await running.fetch('/any')
  expect(answer.text).toBe('/any')
  await until(() => running.listener.inFlight === 0)
})
