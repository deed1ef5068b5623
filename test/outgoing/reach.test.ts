import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { BadCall } from '../../src/outgoing/errors.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, open } from './helpers/open-outgoing.js'

/** What a call may reach, at a real server: the host and the path of its template, and nothing else. */

let upstream: Upstream
let other: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
  other = await startUpstream()
})
beforeEach(() => {
  upstream.reset()
  other.reset()
})
afterAll(async () => {
  await closeAll()
  await upstream.close()
  expect(other.requests).toEqual([])
  await other.close()
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...['.', '..', '/', '\\', '%2f', '%2e%2e', '\r\n', '\0', '#', '?', '//', '@', ':', ' ', '..;/', '+']),
  fc
    .tuple(fc.string(), fc.constantFrom('\r\nHost: x\r\n', ' HTTP/1.1\r\n\r\n', '/../', '\n'))
    .map((parts) => parts.join('')),
)

test('a parameter of any text lands in one path segment, and comes back equal at the server', async () => {
  const { conn } = open({ host: upstream.url, urlPath: '/a/{x}/b' })
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (x, q) => {
      upstream.reset()
      try {
        await conn.get(cid, { params: { x, q } })
      } catch (error) {
        expect(error).toBeInstanceOf(BadCall)
        const isUnusable = x === '' || x === '.' || x === '..' || [x, q].some((text) => /[\ud800-\udfff]/.test(text))
        expect(isUnusable).toBe(true)
        expect(upstream.requests).toEqual([])
        return
      }
      const [request] = upstream.requests
      const url = new URL(request?.url ?? '', upstream.url)
      const [, a, segment = '', b, ...rest] = url.pathname.split('/')
      expect([a, decodeURIComponent(segment), b, rest]).toEqual(['a', x, 'b', []])
      expect([...url.searchParams]).toEqual([['q', q]])
      expect(request?.headers.host).toBe(`127.0.0.1:${upstream.port}`)
    }),
    { numRuns: 300 },
  )
})

test('no header reaches another host, or makes a second request of one', async () => {
  const { conn } = open({ host: upstream.url, urlPath: '/fixed' })
  const hostile = fc.constantFrom(
    ...[
      'Host',
      'hOsT',
      'Transfer-Encoding',
      'Content-Length',
      'Connection',
      'Upgrade',
      'Expect',
      'X-A',
      'X-B\r\nHost',
      'X A',
      '',
    ],
  )
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(`127.0.0.1:${other.port}`, 'chunked', '0', 'x\r\n\r\nGET /evil HTTP/1.1\r\n', 'x\nHost: evil'),
  )
  await fc.assert(
    fc.asyncProperty(hostile, value, async (name, text) => {
      upstream.reset()
      await conn.get(cid, { headers: { [name]: text } }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(BadCall)
      })
      for (const request of upstream.requests) {
        expect(name).toBe('X-A')
        expect(request).toMatchObject({ method: 'GET', url: '/fixed' })
        expect(request.headers).toMatchObject({ host: `127.0.0.1:${upstream.port}`, 'x-a': text.trim() })
        expect(request.body).toHaveLength(0)
      }
      expect(upstream.requests.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 300 },
  )
})

test('no method reaches another path, or makes a second request of one', async () => {
  const { conn } = open({ host: upstream.url, urlPath: '/fixed' })
  const method = fc.oneof(
    fc.string(),
    fc.constantFrom('GET /evil', 'GET\r\n', 'CONNECT', 'POST /evil HTTP/1.1\r\n\r\n', 'get', 'é', ''),
  )
  await fc.assert(
    fc.asyncProperty(method, async (text) => {
      upstream.reset()
      await conn.request(cid, { method: text }).catch(() => undefined)
      for (const request of upstream.requests)
        expect(request).toMatchObject({ method: text.toUpperCase(), url: '/fixed' })
      expect(upstream.requests.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 200 },
  )
})

test('a redirect is the response: nothing is sent to where it points', async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    upstream.reply({ status, headers: { location: `${other.url}/stolen` } })
    const { conn } = open({ host: upstream.url })
    const response = await conn.get(cid)
    expect([response.statusCode, response.headers.location]).toEqual([status, `${other.url}/stolen`])
  }
})
