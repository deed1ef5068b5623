import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Listening, echo, listening, sendRaw } from './listening.js'
import { basicAuth, channel } from './projects.js'

let running: Listening

beforeAll(async () => {
  running = await listening({
    server: { bodyLimit: 1000 },
    security: [basicAuth('Missing', { refusal: { code: 'missing-variable', reason: 'NOBODY_MAY_SEE is not set' } })],
    channelRest: [
      channel('/get', { method: 'GET' }),
      channel('/post', { method: 'POST', service: 'test.post' }),
      channel('/any'),
      channel('/orders/{order_id}', { method: 'GET' }),
      channel('/orders/{order_id}', { method: 'DELETE' }),
      channel('/own-options', { method: 'OPTIONS' }),
      channel('/inactive', { isActive: false }),
      channel('/refusing', { refusal: { code: 'missing-variable', reason: 'NOBODY_MAY_SEE is not set' } }),
      channel('/insecure', { security: 'Missing' }),
      channel('/orphan', { security: 'No such definition' }),
    ],
  })
})
afterAll(() => running.close())
beforeEach(() => {
  running.serve(echo)
  running.incoming.length = running.events.length = running.logs.length = 0
})

describe('What the listener answers by itself', () => {
  test.each([
    ['GET', '/nowhere', 404, undefined],
    ['GET', '/get/', 404, undefined],
    ['GET', '/GET', 404, undefined],
    ['GET', '//get', 404, undefined],
    ['GET', '/orders/', 404, undefined],
    ['GET', '/inactive', 404, undefined],
    ['POST', '/inactive', 404, undefined],
    ['POST', '/get', 405, 'GET, HEAD, OPTIONS'],
    ['GET', '/post', 405, 'OPTIONS, POST'],
    ['HEAD', '/post', 405, 'OPTIONS, POST'],
    ['PUT', '/orders/1', 405, 'DELETE, GET, HEAD, OPTIONS'],
    ['OPTIONS', '/get', 204, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/orders/1', 204, 'DELETE, GET, HEAD, OPTIONS'],
    ['OPTIONS', '/nowhere', 404, undefined],
    ['OPTIONS', '*', 204, 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT'],
    ['GET', '*', 400, undefined],
    ['GET', '/get?a=%', 400, undefined],
    ['GET', '/get?a=%FF', 400, undefined],
    ['GET', '/orders/%', 400, undefined],
    ['GET', '/orders/%C3', 400, undefined],
    ['GET', '/orders/..', 400, undefined],
    ['GET', '/orders/%2e%2e', 400, undefined],
    ['GET', '/get#fragment', 400, undefined],
    ['GET', '/refusing', 500, undefined],
    ['GET', '/insecure', 500, undefined],
    ['GET', '/orphan', 500, undefined],
  ])('%s %s is %i', async (method, path, status, allow) => {
    const answer = await running.fetch(path, { method })
    expect(answer.status).toBe(status)
    expect(answer.headers.allow).toBe(allow)
    expect(answer.headers['x-zato-cid']).toMatch(/^[0-9a-f]{32}$/)
    expect(running.incoming).toEqual([])
    expect(running.events).toMatchObject([
      { statusCode: status, method, aborted: false, cid: answer.headers['x-zato-cid'] },
    ])
    if (method === 'HEAD' || status === 204) {
      expect(answer.text).toBe('')
      return
    }
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(Number(answer.headers['content-length'])).toBe(answer.text.length)
    expect(Object.keys(answer.json).sort()).toEqual(['cid', 'detail', 'status', 'title', 'type'])
    expect(answer.json).toMatchObject({ type: 'about:blank', status, cid: answer.headers['x-zato-cid'] })
  })

  test('a channel that refuses to work says why in the log, and only there', async () => {
    for (const path of ['/refusing', '/insecure', '/orphan']) {
      running.logs.length = 0
      const answer = await running.fetch(path)
      expect(answer.text).not.toMatch(/NOBODY_MAY_SEE|No such definition|not set/)
      expect(running.logs).toMatchObject([
        { level: 'error', cid: answer.headers['x-zato-cid'], fields: { code: 'ZH500' } },
      ])
      expect(running.logs[0]?.message).toMatch(/NOBODY_MAY_SEE is not set|"No such definition" does not exist/)
    }
  })
})

describe('What reaches a service', () => {
  test('a request as plain data', async () => {
    const answer = await running.fetch('/orders/a%2Fb?status=open&status=late&q=a+b%2B&empty=&bare', {
      headers: { 'X-One': ['1', '2'], Cookie: ['a=1', 'b=2'], 'X-Zato-CID': 'my-cid_1.x' },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers['x-zato-cid']).toBe('my-cid_1.x')
    expect(running.incoming[0]?.incoming).toEqual({
      cid: 'my-cid_1.x',
      traceparent: undefined,
      service: 'test.echo',
      channel: {
        name: 'Channel GET /orders/{order_id}',
        dataFormat: 'json',
        urlParamsPri: 'path-over-qs',
        paramsPri: 'channel-params-over-msg',
      },
      method: 'GET',
      path: '/orders/a%2Fb',
      params: { order_id: 'a/b' },
      query: { status: ['open', 'late'], q: 'a b+', empty: '', bare: '' },
      headers: expect.objectContaining({
        'x-one': '1, 2',
        cookie: 'a=1; b=2',
        host: `127.0.0.1:${running.port}`,
      }) as unknown,
      remoteAddress: '127.0.0.1',
    })
    expect(running.events).toMatchObject([
      {
        cid: 'my-cid_1.x',
        method: 'GET',
        path: '/orders/a%2Fb',
        channel: 'Channel GET /orders/{order_id}',
        service: 'test.echo',
        statusCode: 200,
        size: answer.text.length,
        aborted: false,
      },
    ])
  })

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])(
    'a channel for any method answers %s',
    async (method) => {
      // Not every Node knows how to send QUERY, or to read it.
      const text = await sendRaw(
        running.port,
        `${method} /any HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      )
      if (method === 'QUERY' && text.startsWith('HTTP/1.1 400')) return
      expect(text).toMatch(/^HTTP\/1.1 200 /)
      expect(text).toContain(`"method":"${method}"`)
    },
  )

  test('a GET channel answers HEAD: the head of the reply to GET, without its body', async () => {
    const [get, head] = [await running.fetch('/get'), await running.fetch('/get', { method: 'HEAD' })]
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers['content-type']).toBe(get.headers['content-type'])
    expect(Number(head.headers['content-length'])).toBeGreaterThan(get.text.length)
    expect(running.incoming[1]?.incoming.method).toBe('HEAD')
  })

  test('OPTIONS runs a channel of its own', async () => {
    expect((await running.fetch('/own-options', { method: 'OPTIONS' })).json).toMatchObject({ method: 'OPTIONS' })
  })

  test('a prototype is data in query and headers', async () => {
    const path = '/get?__proto__=1&constructor=2&__proto__=3&toString=4'
    await running.fetch(path, { headers: { __PROTO__: 'x', constructor: 'y' } })
    const { query, headers } = running.incoming[0]?.incoming ?? {}
    expect(Object.entries(query ?? {})).toEqual([
      ['__proto__', ['1', '3']],
      ['constructor', '2'],
      ['toString', '4'],
    ])
    expect(Object.entries(headers ?? {})).toContainEqual(['constructor', 'y'])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})

describe('The cid', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c'
  test.each([
    [{ 'x-zato-cid': 'A-z0.9_' }, /^A-z0\.9_$/],
    [{ 'x-zato-cid': 'x'.repeat(64) }, /^x{64}$/],
    [{ 'x-zato-cid': 'x'.repeat(65) }, /^[0-9a-f]{32}$/],
    [{ 'x-zato-cid': 'a b' }, /^[0-9a-f]{32}$/],
    [{ 'x-zato-cid': ['a', 'b'] }, /^[0-9a-f]{32}$/],
    [{ 'x-zato-cid': '' }, /^[0-9a-f]{32}$/],
    [{ traceparent: `00-${trace}-b7ad6b7169203331-01` }, new RegExp(`^${trace}$`)],
    [{ 'x-zato-cid': 'mine', traceparent: `00-${trace}-b7ad6b7169203331-01` }, /^mine$/],
    [{ traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }, /^(?!0{32})[0-9a-f]{32}$/],
  ])('%j gives %s, in the reply, the request and the event', async (headers, expected) => {
    const answer = await running.fetch('/get', { headers })
    expect(answer.headers['x-zato-cid']).toMatch(expected)
    expect(running.incoming[0]?.incoming.cid).toBe(answer.headers['x-zato-cid'])
    expect(running.events[0]?.cid).toBe(answer.headers['x-zato-cid'])
    expect((await running.fetch('/nowhere', { headers })).headers['x-zato-cid']).toMatch(expected)
  })

  test('may look like the name of a header', async () => {
    running.serve(() => Promise.resolve({ statusCode: 200, headers: { vary: 'Accept' } }))
    for (const cid of ['Vary', 'Connection', 'Access-Control-Allow-Origin']) {
      const { status, headers } = await running.fetch('/get', { headers: { 'x-zato-cid': cid } })
      expect([status, headers['x-zato-cid'], headers.vary]).toEqual([200, cid, 'Origin, Accept'])
    }
  })

  test('only a valid traceparent is passed on', async () => {
    await running.fetch('/get', { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } })
    await running.fetch('/get', { headers: { traceparent: 'nonsense' } })
    expect(running.incoming.map(({ incoming }) => incoming.traceparent)).toEqual([
      `00-${trace}-b7ad6b7169203331-01`,
      undefined,
    ])
  })
})
