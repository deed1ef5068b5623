import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConnectionFailed, NotConfigured, type OutgoingError } from '../../src/outgoing/errors.js'
import { chooseProxy, isExempt } from '../../src/outgoing/proxy-choice.js'
import { type TinyProxy, startTinyProxy } from '../helpers/tinyproxy.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))

let plain: Upstream
let secure: Upstream
let proxy: TinyProxy
let asking: TinyProxy

beforeAll(async () => {
  const tls = { key: readFileSync(fixture('localhost.key.pem')), cert: readFileSync(fixture('localhost.cert.pem')) }
  plain = await startUpstream()
  secure = await startUpstream(undefined, { tls })
  proxy = await startTinyProxy()
  asking = await startTinyProxy({ user: 'shop', password: 'sesame7531' })
})
beforeEach(() => {
  plain.reset()
  secure.reset()
})
afterEach(closeAll)
afterAll(() => Promise.all([plain.close(), secure.close(), proxy.close(), asking.close()]))

const tlsCa = fixture('localhost.cert.pem')
const through = ({ port }: TinyProxy, userinfo = '') => `http://${userinfo}127.0.0.1:${port}`
const lastOf = async (one: TinyProxy) => (await one.requests()).at(-1)

describe('A call goes through the proxy of its connection', () => {
  test('as a request that is forwarded, where the API speaks plain HTTP', async () => {
    const { conn } = open({ host: plain.url, urlPath: '/a/{x}', proxy: through(proxy) })
    const response = await conn.post(cid, { id: 1 }, { params: { x: 'b c', q: 1 } })
    expect(response).toMatchObject({ statusCode: 200, url: `${plain.url}/a/b%20c?q=1` })
    const [request] = plain.requests
    expect(request).toMatchObject({ method: 'POST', url: '/a/b%20c?q=1' })
    expect(request?.headers.host).toBe(`127.0.0.1:${plain.port}`)
    expect(request?.headers.via).toContain('tinyproxy')
    expect(request?.body.toString()).toBe('{"id":1}')
    expect(await lastOf(proxy)).toBe(`POST ${plain.url}/a/b%20c?q=1`)
  })

  test('as bytes that are passed on, where it speaks HTTPS; the certificate is still that of the API', async () => {
    const { conn, events } = open({ host: secure.url, proxy: through(proxy), tlsCa })
    await conn.get(cid)
    await conn.get(cid)
    expect(secure.requests).toHaveLength(2)
    expect(secure.connections).toBe(1)
    expect(await lastOf(proxy)).toBe(`CONNECT localhost:${secure.port}`)
    expect(events.map(({ phases }) => 'tls' in phases)).toEqual([true, false])
    const strict = open({ host: secure.url, proxy: through(proxy) })
    expect(await failureOf(strict.conn.get(cid))).toMatchObject({ code: 'ZN103', phase: 'tls' })
  })

  test.each(['plain', 'secure'])('with user name and password, which nobody else sees: %s', async (kind) => {
    const upstream = kind === 'plain' ? plain : secure
    const { conn } = open({ host: upstream.url, proxy: through(asking, 'shop:sesame7531@'), tlsCa })
    expect((await conn.get(cid)).statusCode).toBe(200)
    expect(JSON.stringify(upstream.requests[0]?.rawHeaders)).not.toMatch(/proxy-authorization/i)
  })

  test('many at once', async () => {
    const { conn } = open({ host: secure.url, proxy: through(proxy), tlsCa, poolSize: 5 })
    const replies = await Promise.all(Array.from({ length: 30 }, () => conn.get(cid)))
    expect(replies.every(({ ok }) => ok)).toBe(true)
  })
})

describe('Where the proxy does not let it through, the call fails and says so', () => {
  test.each(['plain', 'secure'])('without credentials: %s', async (kind) => {
    const upstream = kind === 'plain' ? plain : secure
    const error = await failureOf<OutgoingError>(
      open({ host: upstream.url, proxy: through(asking), tlsCa }).conn.get(cid),
    )
    expect(error).toBeInstanceOf(ConnectionFailed)
    expect(error).toMatchObject({ code: 'ZN105', status: 502, hint: 'give user name and password in its proxy' })
    expect(error.message).toContain(`the proxy 127.0.0.1:${asking.port} answered 407`)
    expect(upstream.requests).toEqual([])
  })

  test('with a percent sign in the password that begins no escape: it is taken as it is', async () => {
    const { conn } = open({ host: secure.url, tlsCa, proxy: through(asking, 'shop:p%ss@') })
    expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN105' })
  })

  test('with wrong ones, which are not shown', async () => {
    const { conn } = open({ host: secure.url, proxy: through(asking, 'shop:canary-77@'), tlsCa })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect(error).toMatchObject({ code: 'ZN105', hint: 'check user name and password in its proxy' })
    expect(JSON.stringify([error, error.message])).not.toContain('canary-77')
  })

  test('where it is not there', async () => {
    const gone = await startUpstream()
    await gone.close()
    const { conn } = open({ host: secure.url, proxy: gone.url })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect(error).toMatchObject({ code: 'ZN102', phase: 'connect', hint: 'check its proxy' })
    expect(error.message).toContain(`the proxy 127.0.0.1:${gone.port} could not be used`)
  })

  test('where the host behind it is not there', async () => {
    const error = await failureOf<OutgoingError>(
      open({ host: 'https://localhost:1', proxy: through(proxy), tlsCa }).conn.get(cid),
    )
    expect(error).toMatchObject({ code: 'ZN105' })
  })

  test.each(['socks5://127.0.0.1:1080', 'http://', 'ftp://proxy'])(
    'where %s is none that can be used',
    async (address) => {
      const error = await failureOf<OutgoingError>(open({ host: plain.url, proxy: address }).conn.get(cid))
      expect(error).toBeInstanceOf(NotConfigured)
      expect(error.hint).toBe('such as http://proxy.example.com:3128')
    },
  )
})

describe('User name and password of a proxy', () => {
  test.each([
    ['http://shop:sesame@p.test:3128', 'shop:sesame'],
    ['shop:sesame@p.test:3128', 'shop:sesame'],
    ['http://shop@p.test:3128', 'shop:'],
    ['http://sh%40p:se%2Fs%3Aame@p.test:3128', 'sh@p:se/s:ame'],
    // As a variable may put them there: nothing of them is taken for the host.
    ['http://shop:12/34@p.test:3128', 'shop:12/34'],
    ['http://shop:a@b:c?d#e/f@p.test:3128', 'shop:a@b:c?d#e/f'],
    ['http://shop:100%@p.test:3128', 'shop:100%'],
    ['http://shop:pä ss@p.test:3128', 'shop:pä ss'],
  ])('of %s are %s', (address, userinfo) => {
    const authorization = `Basic ${Buffer.from(userinfo).toString('base64')}`
    expect(chooseProxy('http://a.test', address, {})).toMatchObject({ origin: 'http://p.test:3128', authorization })
    const environment = { HTTP_PROXY: address }
    expect(chooseProxy('http://a.test', undefined, environment)).toMatchObject({ authorization })
  })
})

describe('The environment names a proxy', () => {
  test('for connections that name none; "none" goes round it', async () => {
    const environment = { https_proxy: through(proxy), HTTP_PROXY: through(proxy) }
    await open({ host: secure.url, tlsCa }, { environment }).conn.get(cid)
    expect(await lastOf(proxy)).toBe(`CONNECT localhost:${secure.port}`)
    await open({ host: plain.url, urlPath: '/by-environment' }, { environment }).conn.get(cid)
    expect(await lastOf(proxy)).toBe(`GET ${plain.url}/by-environment`)
    await open({ host: plain.url, urlPath: '/direct', proxy: 'none' }, { environment }).conn.get(cid)
    expect(await lastOf(proxy)).toBe(`GET ${plain.url}/by-environment`)
  })

  test.each([
    ['http://a.test', { http_proxy: 'http://p:1' }, 'http_proxy'],
    ['http://a.test', { HTTP_PROXY: 'p:1' }, 'HTTP_PROXY'],
    ['http://a.test', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://a.test', { HTTPS_PROXY: 'http://p:1', all_proxy: 'http://q:1' }, 'HTTPS_PROXY'],
    ['https://a.test', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'https_proxy'],
    ['https://a.test', { ALL_PROXY: 'http://p:1' }, 'ALL_PROXY'],
    ['https://a.test', { HTTPS_PROXY: ' ' }, undefined],
    ['https://a.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.test' }, undefined],
  ])('%s with %o: %s', (origin, environment, source) => {
    expect(chooseProxy(origin, undefined, environment)?.source).toBe(source)
  })
})

describe('NO_PROXY', () => {
  test.each([
    ['https://api.test', '*', true],
    ['https://api.test', 'api.test', true],
    ['https://API.test', 'other.test, Api.Test', true],
    ['https://eu.api.test', 'api.test', true],
    ['https://eu.api.test', '.api.test', true],
    ['https://api.test', '.api.test', true],
    ['https://eu.api.test', '*.api.test', true],
    ['https://myapi.test', 'api.test', false],
    ['https://api.test.example', 'api.test', false],
    ['https://api.test', 'api.test:443', true],
    ['https://api.test:8443', 'api.test:443', false],
    ['https://api.test:8443', 'api.test:8443 localhost', true],
    ['http://127.0.0.1:8080', '127.0.0.1', true],
    ['http://10.1.2.3', '10.0.0.0/8', true],
    ['http://11.1.2.3', '10.0.0.0/8', false],
    ['http://[::1]:80', '::1', true],
    ['http://[::1]:80', '[::1]', true],
    ['http://[fd00::7]', 'fd00::/8', true],
    ['http://api.test', '10.0.0.0/8', false],
    ['http://api.test', '', false],
    ['http://api.test', ' , ', false],
  ])('%s and %j: %s', (origin, list, exempt) => {
    expect(isExempt(origin, list)).toBe(exempt)
  })

  test('never fails, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), (list, url) => {
        expect(typeof isExempt(new URL(url).origin, list)).toBe('boolean')
      }),
    )
  })
})
