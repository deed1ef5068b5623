import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseAuthority } from '../../src/channel/authority.js'
import { type GuardedRequest, checkGuard, guardSettings } from '../../src/channel/guard.js'
import { type Listening, type SendOptions, listening, sendRaw } from './listening.js'
import { channel } from './projects.js'

describe('Hosts', () => {
  test.each([
    ['localhost', 'localhost', undefined],
    ['LocalHost.:80', 'localhost', 80],
    ['127.0.0.1:11223', '127.0.0.1', 11223],
    ['[::1]:5', '::1', 5],
    ['[0:0:0:0:0:0:0:1]', '::1', undefined],
    ['a_b.example-1.com:', 'a_b.example-1.com', undefined],
  ])('%s is read as %s and %s', (text, host, port) => {
    expect(parseAuthority(text)).toEqual({ host, port })
  })

  test.each([
    '',
    'a b',
    'a@b',
    'a,b',
    'a, a',
    'a/b',
    'a:x',
    'a:99999',
    '[::1',
    '::1',
    '[::g]',
    '[a.b]',
    'a:1:2',
    'a?',
    'a#',
    '%',
  ])('%j is no host', (text) => expect(parseAuthority(text)).toBeUndefined())
})

describe('The guard', () => {
  const check = (
    request: Partial<GuardedRequest>,
    server: { allowedHosts?: string[]; corsOrigins?: string[]; isLoopback?: boolean } = {},
  ) => {
    const { allowedHosts = [], corsOrigins, isLoopback = true } = server
    const whole = { httpVersion: '1.1', host: 'localhost:11223', ...request }
    return checkGuard(whole, guardSettings({ allowedHosts, corsOrigins }, isLoopback))?.status ?? 'passes'
  }

  test.each([
    ['localhost', 'passes'],
    ['LOCALHOST.', 'passes'],
    ['shop.localhost:11223', 'passes'],
    ['a.b.localhost', 'passes'],
    ['127.0.0.1', 'passes'],
    ['127.8.9.10:80', 'passes'],
    ['[::1]:11223', 'passes'],
    ['[::ffff:127.0.0.1]', 'passes'],
    ['[::ffff:7fab:1]', 'passes'],
    // 7.245.0.1
    ['[::ffff:7f5:1]', 421],
    ['[::ffff:7f:1]', 421],
    ['evil.example', 421],
    ['localhost.evil.example', 421],
    ['evil-localhost', 421],
    ['127.0.0.1.evil.example', 421],
    ['127.evil.example', 421],
    ['127.1', 421],
    ['0.0.0.0', 421],
    ['[::2]', 421],
    ['[::]', 421],
    ['192.168.0.1', 421],
    ['', 421],
    [undefined, 400],
    ['localhost, localhost', 400],
    ['localhost:80:80', 400],
    ['user@localhost', 400],
  ])('on loopback, Host: %s %s', (host, expected) => {
    expect(check({ host })).toBe(expected)
  })

  test.each([
    ['dev.example', ['dev.example'], 'passes'],
    ['DEV.example.:9999', ['Dev.Example'], 'passes'],
    ['dev.example:8080', ['dev.example:8080'], 'passes'],
    ['dev.example:8081', ['dev.example:8080'], 421],
    ['dev.example', ['dev.example:80'], 'passes'],
    ['a.dev.example', ['dev.example'], 421],
    ['[fe80::1]:1', ['fe80::1'], 'passes'],
    ['[fe80:0::1]:1', ['[fe80::1]'], 'passes'],
  ])('Host: %s with allowed_hosts %j %s', (host, allowedHosts, expected) => {
    expect(check({ host }, { allowedHosts })).toBe(expected)
  })

  test.each([
    ['http://localhost:5173', undefined, 'passes'],
    ['http://127.0.0.1', undefined, 'passes'],
    ['https://[::1]:8443', undefined, 'passes'],
    ['http://app.localhost:3000', undefined, 'passes'],
    ['http://evil.example', undefined, 403],
    ['https://localhost.evil.example', undefined, 403],
    ['http://localhost@evil.example', undefined, 403],
    ['null', undefined, 403],
    ['', undefined, 403],
    ['file://', undefined, 403],
    ['chrome-extension://abc', undefined, 403],
    ['http://localhost:5173, http://localhost:5173', undefined, 403],
    ['https://shop.example', ['https://shop.example'], 'passes'],
    ['https://shop.example', ['HTTPS://Shop.example:443/'], 'passes'],
    ['http://shop.example', ['https://shop.example'], 403],
    ['https://shop.example:444', ['https://shop.example'], 403],
    ['http://localhost:5173', ['https://shop.example'], 403],
    ['http://localhost:11223', ['https://shop.example'], 'passes'],
    ['http://localhost', [], 403],
    ['null', ['null'], 'passes'],
    ['https://anything.example', ['*'], 'passes'],
  ])('Origin: %s with cors_origins %j %s', (origin, corsOrigins, expected) => {
    expect(check({ origin }, corsOrigins ? { corsOrigins } : {})).toBe(expected)
  })

  test('a page that the server itself delivered under an allowed host may call it, behind TLS, too', () => {
    const server = { allowedHosts: ['dev.example'], corsOrigins: [] }
    expect(check({ host: 'dev.example', origin: 'https://dev.example' }, server)).toBe('passes')
    expect(check({ host: 'dev.example:8080', origin: 'http://dev.example:8080' }, server)).toBe('passes')
    expect(check({ host: 'dev.example', origin: 'http://dev.example:8080' }, server)).toBe(403)
  })

  test.each([
    ['none', undefined, 'passes'],
    ['same-origin', undefined, 'passes'],
    ['same-site', undefined, 'passes'],
    ['cross-site', undefined, 403],
    ['something-new', undefined, 403],
    ['same-site', ['https://shop.example'], 403],
    ['cross-site', ['https://shop.example'], 403],
    ['none', [], 'passes'],
    ['cross-site', ['*'], 'passes'],
  ])('without Origin, Sec-Fetch-Site: %s with cors_origins %j %s', (secFetchSite, corsOrigins, expected) => {
    expect(check({ secFetchSite }, corsOrigins ? { corsOrigins } : {})).toBe(expected)
  })

  test('an allowed Origin may come from another site', () => {
    expect(check({ origin: 'http://127.0.0.1:5173', secFetchSite: 'cross-site' })).toBe('passes')
    expect(check({ host: 'dev.example', secFetchSite: 'same-site' }, { allowedHosts: ['dev.example'] })).toBe(403)
  })

  test('an absolute request target is guarded as the Host header is', () => {
    expect(check({ targetAuthority: 'localhost:11223' })).toBe('passes')
    expect(check({ targetAuthority: 'evil.example' })).toBe(421)
    expect(check({ targetAuthority: 'localhost', host: 'evil.example' })).toBe(421)
    expect(check({ targetAuthority: 'user@localhost' })).toBe(400)
    expect(check({ targetAuthority: '' })).toBe(400)
    expect(check({ targetAuthority: 'localhost', host: undefined })).toBe(400)
  })

  test('HTTP/1.0 needs no Host header: no browser speaks it', () => {
    expect(check({ httpVersion: '1.0', host: undefined })).toBe('passes')
    expect(check({ httpVersion: '1.0', host: 'evil.example' })).toBe(421)
    expect(check({ httpVersion: '1.0', host: undefined, origin: 'http://evil.example' })).toBe(403)
  })

  test('elsewhere than on loopback only the form of the Host header is checked', () => {
    const elsewhere = { isLoopback: false }
    expect(check({ host: 'api.example', origin: 'https://x.example', secFetchSite: 'cross-site' }, elsewhere)).toBe(
      'passes',
    )
    expect(check({ host: '' }, elsewhere)).toBe('passes')
    expect(check({ host: 'a b' }, elsewhere)).toBe(400)
    expect(check({ host: undefined }, elsewhere)).toBe(400)
  })
})

describe('Pages of other sites, through real requests', () => {
  let running: Listening
  beforeAll(async () => {
    running = await listening({ channelRest: [channel('/any'), channel('/own', { method: 'OPTIONS' })] })
  })
  afterAll(() => running.close())
  beforeEach(() => (running.incoming.length = 0))

  const ask = (headers: SendOptions['headers'], more: SendOptions = {}) =>
    running.fetch('/any', { headers: headers ?? {}, ...more })

  test.each([
    ['a rebound name', 421, { host: 'evil.example' }],
    ['a rebound name with our port', 421, { host: 'evil.example:11223' }],
    ['fetch from another site', 403, { origin: 'https://evil.example' }],
    ['a form from another site', 403, { origin: 'https://evil.example', 'content-type': 'text/plain' }],
    ['a sandboxed frame or a file', 403, { origin: 'null' }],
    ['an image, a script or a form with GET', 403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['a link', 403, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ])('%s gets %i and runs no service', async (_what, status, headers) => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      const answer = await ask(headers, { method })
      expect(answer.status).toBe(status)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.json).toMatchObject({ status, cid: answer.headers['x-zato-cid'] })
    }
    expect(running.incoming).toEqual([])
  })

  test('a preflight of another site gets 403', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const answer = await ask(headers, { method: 'OPTIONS' })
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([403, undefined])
  })

  test('curl, a typed address, and pages on loopback are served', async () => {
    for (const headers of [
      {},
      { 'sec-fetch-site': 'none' },
      { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' },
      { origin: 'http://127.0.0.1:5173', 'sec-fetch-site': 'cross-site' },
      { host: 'shop.localhost' },
    ]) {
      expect((await ask(headers)).status).toBe(200)
    }
  })

  test('a missing or second Host is 400, and an absolute target is served for its own host', async () => {
    const first = (text: string) => text.split('\r\n', 1)[0]
    const close = 'Connection: close\r\n\r\n'
    expect(first(await sendRaw(running.port, `GET /any HTTP/1.1\r\n${close}`))).toBe('HTTP/1.1 400 Bad Request')
    const twice = 'Host: localhost\r\nHost: localhost\r\n'
    expect(first(await sendRaw(running.port, `GET /any HTTP/1.1\r\n${twice}${close}`))).toBe('HTTP/1.1 400 Bad Request')
    expect(first(await sendRaw(running.port, `GET http://localhost/any HTTP/1.1\r\nHost: localhost\r\n${close}`))).toBe(
      'HTTP/1.1 200 OK',
    )
    expect(running.incoming[0]?.incoming.path).toBe('/any')
    expect(
      first(await sendRaw(running.port, `GET http://evil.example/any HTTP/1.1\r\nHost: localhost\r\n${close}`)),
    ).toMatch('421')
    expect(
      first(await sendRaw(running.port, `GET ftp://localhost/any HTTP/1.1\r\nHost: localhost\r\n${close}`)),
    ).toMatch('400')
    expect(first(await sendRaw(running.port, `GET /any HTTP/1.0\r\n\r\n`))).toBe('HTTP/1.1 200 OK')
  })

  test('a page on loopback may read every reply', async () => {
    const origin = 'http://localhost:5173'
    const expected = {
      vary: 'Origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': '*',
    }
    expect((await ask({ origin })).headers).toMatchObject(expected)
    expect((await running.fetch('/nowhere', { headers: { origin } })).headers).toMatchObject(expected)
    expect((await ask({})).headers).toMatchObject({ vary: 'Origin' })
    expect((await ask({})).headers['access-control-allow-origin']).toBeUndefined()
  })

  test('a preflight is answered before any route', async () => {
    const headers = {
      origin: 'http://localhost:5173',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'content-type,x-my-own',
      'access-control-request-private-network': 'true',
    }
    for (const path of ['/any', '/own', '/nowhere']) {
      const answer = await running.fetch(path, { method: 'OPTIONS', headers })
      expect([answer.status, answer.text]).toEqual([204, ''])
      expect(answer.headers).toMatchObject({
        vary: 'Origin',
        'access-control-allow-origin': 'http://localhost:5173',
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
        'access-control-allow-headers': 'content-type,x-my-own',
        'access-control-allow-private-network': 'true',
        'access-control-max-age': '600',
      })
    }
    expect(running.incoming).toEqual([])
  })

  test('OPTIONS that is no preflight is a request as any other', async () => {
    expect((await running.fetch('/own', { method: 'OPTIONS', headers: { origin: 'http://localhost:1' } })).status).toBe(
      200,
    )
    expect(running.incoming).toHaveLength(1)
  })

  test('what a service says of CORS or Vary does not contradict the listener', async () => {
    running.serve(() =>
      Promise.resolve({
        statusCode: 200,
        headers: { vary: 'Accept', 'access-control-allow-origin': 'https://x.example' },
      }),
    )
    const answer = await ask({ origin: 'http://localhost:5173' })
    expect(answer.headers).toMatchObject({
      vary: 'Origin, Accept',
      'access-control-allow-origin': 'http://localhost:5173',
    })
  })
})

describe('On all addresses', () => {
  test('no Host or Origin is refused, and CORS is off until cors_origins names somebody', async () => {
    const channelRest = [channel('/any')]
    const running = await listening({ channelRest }, '0.0.0.0')
    const headers = { host: 'api.example', origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' }
    const before = await running.fetch('/any', { headers })
    expect([before.status, before.headers['access-control-allow-origin'], before.headers.vary]).toEqual([
      200,
      undefined,
      undefined,
    ])

    running.use({ channelRest, server: { corsOrigins: ['https://shop.example'] } })
    const after = await running.fetch('/any', { headers })
    expect(after.headers).toMatchObject({ 'access-control-allow-origin': 'https://shop.example', vary: 'Origin' })
    const other = await running.fetch('/any', { headers: { ...headers, origin: 'https://other.example' } })
    expect([other.status, other.headers['access-control-allow-origin'], other.headers.vary]).toEqual([
      200,
      undefined,
      'Origin',
    ])
    await running.close()
  })
})
