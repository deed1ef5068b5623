import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BadReply, type OutgoingError } from '../../../src/outgoing/errors.js'
import { type Nginx, startNginx } from '../../helpers/nginx.js'
import { type Upstream, startUpstream, unusedPort } from '../../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from '../helpers/open-outgoing.js'

/** What nginx answers by itself, and what it makes of requests and replies that it passes on. */

let api: Upstream
let nginx: Nginx
const item = { item: 'x'.repeat(5000) }

beforeAll(async () => {
  api = await startUpstream()
  const dead = await unusedPort()
  nginx = await startNginx({
    ports: ['plain', 'hasty', 'once', 'small'],
    files: { 'item.json': JSON.stringify(item) },
    http: ({ plain, hasty, once, small }) => `
  server {
    listen 127.0.0.1:${plain};
    keepalive_timeout 600s;
    location = /item { gzip on; gzip_types application/json; alias item.json; }
    location = /nothing { return 204; }
    location = /silent { return 444; }
    location = /down { proxy_pass http://127.0.0.1:${dead}; }
    location /old/ { proxy_http_version 1.0; proxy_pass ${api.url}/; }
    location /new/ { proxy_http_version 1.1; proxy_pass ${api.url}/; }
    location /slow/ { proxy_read_timeout 50ms; proxy_pass ${api.url}/; }
    location /unbuffered/ {
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_pass ${api.url}/;
    }
  }
  server { listen 127.0.0.1:${hasty}; keepalive_timeout 1ms; location / { return 200 '{}'; } }
  server { listen 127.0.0.1:${once}; keepalive_requests 1; location / { return 200 '{}'; } }
  server {
    listen 127.0.0.1:${small};
    client_max_body_size 1k;
    large_client_header_buffers 2 1k;
    location / { proxy_pass ${api.url}; }
  }`,
  })
})
beforeEach(() => {
  api.reset()
})
afterEach(closeAll)
afterAll(() => Promise.all([nginx.close(), api.close()]))

const url = (port: string) => `http://127.0.0.1:${nginx.ports[port] ?? 0}`
const connect = (urlPath: string, port = 'plain') => open({ host: url(port), urlPath })

describe('A reply of nginx', () => {
  test('that is gzip is undone', async () => {
    const { conn, events } = connect('/item')
    const response = await conn.get(cid)
    expect(response.headers).toMatchObject({ 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' })
    expect(response.data).toEqual(item)
    expect(events[0]?.size).toBe(JSON.stringify(item).length)
  })

  test('has no body with 204 and 304, and keeps its socket', async () => {
    const { conn } = connect('/nothing')
    expect(await conn.get(cid)).toMatchObject({ statusCode: 204, data: null, text: '' })
    const { conn: cached, events } = connect('/item')
    const first = await cached.get(cid, { headers: { 'Accept-Encoding': 'identity' } })
    const { etag, 'last-modified': since } = first.headers
    const again = await cached.get(cid, {
      headers: { 'If-None-Match': String(etag), 'If-Modified-Since': String(since) },
    })
    expect(again).toMatchObject({ statusCode: 304, data: null, text: '' })
    expect((await cached.head(cid)).statusCode).toBe(200)
    expect(events.map(({ phases }) => 'connect' in phases)).toEqual([true, false, false])
  })

  test('that never comes (444) is a BadReply that says where to look', async () => {
    const { conn } = connect('/silent')
    const error = await failureOf<OutgoingError>(conn.post(cid, { order: 1 }))
    expect(error).toBeInstanceOf(BadReply)
    expect(error).toMatchObject({
      code: 'ZN301',
      phase: 'headers',
      attempt: 1,
      hint: 'look into the log of the API, and of the proxies before it',
    })
    expect(error.message).toContain('was closed before a reply came')
  })

  test.each([
    ['of a dead API is a 502', '/down', 502],
    ['of an API that is too slow is a 504', '/slow/', 504],
  ])('%s, whose page is text and no JSON', async (_, path, status) => {
    api.reply(() => undefined)
    const response = await connect(path).conn.get(cid)
    expect(response).toMatchObject({ statusCode: status, ok: false, attempts: 1 })
    expect(response.data).toMatch(/^<html>/)
    expect(response.parseError).toBeTruthy()
  })

  test('is 413 to a body that is too large, however much of it was still to be sent', async () => {
    const { conn } = connect('/', 'small')
    for (const size of [1025, 5_000_000]) {
      expect((await conn.post(cid, new Uint8Array(size))).statusCode).toBe(413)
      expect((await conn.post(cid, { small: true })).statusCode).toBe(200)
    }
    expect(api.requests).toHaveLength(2)
  })

  test('is 400 to headers, and 414 to an address, that are too large', async () => {
    const { conn } = connect('/', 'small')
    expect(await conn.get(cid, { headers: { 'X-Long': 'x'.repeat(3000) } })).toMatchObject({ statusCode: 400 })
    expect(await conn.get(cid, { params: { long: 'x'.repeat(3000) } })).toMatchObject({ statusCode: 414 })
  })
})

describe('Sockets that nginx closes', () => {
  /** Calls with pauses of 0 to 3 ms, so that requests and the end of the socket meet in every way. */
  async function callOften(times: number, call: (number: number) => Promise<{ statusCode: number }>): Promise<number> {
    let answered = 0
    for (let number = 0; number < times; number += 1) {
      await new Promise((resolve) => setTimeout(resolve, number % 4))
      const result = await call(number).catch((error: unknown) => error)
      if (result instanceof BadReply) continue
      expect(result).toMatchObject({ statusCode: 200 })
      answered += 1
    }
    return answered
  }

  test('after 1 ms are replaced without a GET noticing', async () => {
    const { conn } = connect('/get', 'hasty')
    const before = (await nginx.requests()).length
    expect(await callOften(300, () => conn.get(cid))).toBe(300)
    await expect.poll(async () => (await nginx.requests()).length - before).toBe(300)
  })

  test('after 1 ms may fail a POST, but never have it sent twice', async () => {
    const { conn } = connect('/post', 'hasty')
    const answered = await callOften(300, (number) => conn.post(cid, { number }, { params: { number } }))
    const posts = async () => (await nginx.requests()).filter((line) => line.startsWith('POST /post?'))
    await expect.poll(async () => (await posts()).length).toBe(answered)
    const received = await posts()
    expect(new Set(received).size).toBe(received.length)
  })

  test('after each reply are replaced', async () => {
    const { conn, events } = connect('/', 'once')
    await Promise.all(Array.from({ length: 60 }, () => conn.post(cid, {})))
    expect(events.map(({ statusCode, attempts }) => [statusCode, attempts])).toEqual(Array(60).fill([200, 1]))
  })
})

describe('Through nginx', () => {
  test.each(['/old/orders', '/new/orders', '/unbuffered/orders'])('a call arrives as it is: %s', async (path) => {
    api.reply(({ body }) => ({ status: 201, body }))
    const { conn } = connect(path)
    const order = { text: 'Zoë'.repeat(50_000) }
    const response = await conn.post(cid, order, { params: { 'a b': 'ü&=' } })
    expect(response).toMatchObject({ statusCode: 201, data: order })
    const [request] = api.requests
    expect(request).toMatchObject({ method: 'POST', url: '/orders?a%20b=%C3%BC%26%3D' })
    expect(request?.headers).toMatchObject({ 'x-zato-cid': cid, 'content-type': 'application/json' })
  })

  test('a streamed payload is gathered and gets a length, or is passed on in chunks', async () => {
    async function* pieces() {
      for (let piece = 0; piece < 50; piece += 1) yield await Promise.resolve('piece '.repeat(200))
    }
    for (const [path, header] of [
      ['/new/', 'content-length'],
      ['/unbuffered/', 'transfer-encoding'],
    ] as const) {
      api.reset()
      expect((await connect(path).conn.post(cid, pieces())).statusCode).toBe(200)
      expect(api.requests[0]?.body.toString()).toBe('piece '.repeat(200 * 50))
      expect(api.requests[0]?.headers).toHaveProperty(header)
    }
  })

  test.each(['/old/', '/new/', '/unbuffered/'])(
    'a reply that breaks off does not pass for a whole one: %s',
    async (path) => {
      api.reply((_, response) => {
        // Of HTTP/1.0 nothing but the length tells where a body ends.
        response.writeHead(200, path === '/old/' ? { 'content-length': 100 } : {})
        response.write('{"half":', () => response.destroy())
        return undefined
      })
      const error = await failureOf<OutgoingError>(connect(path).conn.get(cid))
      expect(error).toMatchObject({ code: 'ZN301', phase: 'body' })
    },
  )
})
