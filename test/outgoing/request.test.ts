import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BadCall, NotConfigured, type OutgoingError } from '../../src/outgoing/errors.js'
import type { OutgoingDefinition, SecurityDefinition } from '../../src/project/schema.js'
import { version } from '../../src/version.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

/** What arrives at the API: method, headers and body. */

let upstream: Upstream
beforeAll(async () => {
  upstream = await startUpstream()
})
beforeEach(() => {
  upstream.reset()
})
afterAll(async () => {
  await closeAll()
  await upstream.close()
})

const connect = (definition: Partial<OutgoingDefinition> = {}, security?: SecurityDefinition) =>
  open({ host: upstream.url, ...definition }, { ...(security && { security }) }).conn

describe('each verb', () => {
  test('reaches the API as itself', async () => {
    const conn = connect()
    const verbs = ['get', 'head', 'options', 'delete'] as const
    for (const verb of verbs) expect((await conn[verb](cid)).statusCode).toBe(200)
    for (const verb of ['post', 'put', 'patch'] as const) expect((await conn[verb](cid, { n: 1 })).statusCode).toBe(200)
    expect(upstream.requests.map(({ method }) => method)).toEqual([
      'GET',
      'HEAD',
      'OPTIONS',
      'DELETE',
      'POST',
      'PUT',
      'PATCH',
    ])
  })

  test('may have a payload where it makes sense', async () => {
    const conn = connect()
    await conn.delete(cid, { payload: { reason: 'x' } })
    await conn.request(cid, { method: 'get', payload: { query: 1 } })
    await conn.request(cid, { method: 'PROPFIND', headers: { Depth: 1 } })
    expect(upstream.requests.map(({ method, body, headers }) => [method, String(body), headers.depth])).toEqual([
      ['DELETE', '{"reason":"x"}', undefined],
      ['GET', '{"query":1}', undefined],
      ['PROPFIND', '', '1'],
    ])
  })
})

describe('a body', () => {
  const plain = { a: [1, null, { 'é"': '\u2028' }] }
  test.each<[string, Partial<OutgoingDefinition>, unknown, string, string | undefined]>([
    ['an object as JSON', {}, plain, Buffer.from(JSON.stringify(plain)).toString('latin1'), 'application/json'],
    ['an array as JSON', {}, [1, 'a'], '[1,"a"]', 'application/json'],
    ['null as JSON', {}, null, 'null', 'application/json'],
    ['false as JSON', {}, false, 'false', 'application/json'],
    ['0 as JSON', {}, 0, '0', 'application/json'],
    ['what toJSON gives', {}, new Date(0), '"1970-01-01T00:00:00.000Z"', 'application/json'],
    ['a string as it is', {}, '{ "a" : 1 }', '{ "a" : 1 }', 'application/json'],
    ['an empty string as an empty body', {}, '', '', 'application/json'],
    ['nothing as no body', {}, undefined, '', undefined],
    ['bytes as they are', {}, new Uint8Array([0x80, 0, 255]), '\u0080\0ÿ', 'application/octet-stream'],
    ['a view of bytes', {}, new DataView(new Uint8Array([1, 65, 66]).buffer, 1), 'AB', 'application/octet-stream'],
    ['an ArrayBuffer', {}, new Uint8Array([65]).buffer, 'A', 'application/octet-stream'],
    ['bytes with the type of the connection', { contentType: 'image/png' }, Buffer.from('x'), 'x', 'image/png'],
    [
      'JSON with the type of the connection',
      { contentType: 'application/vnd.x+json' },
      {},
      '{}',
      'application/vnd.x+json',
    ],
    ['JSON with the type of its headers', { headers: { 'content-type': 'text/x' } }, {}, '{}', 'text/x'],
    [
      'a form',
      { dataFormat: 'form' },
      { a: 'b c&d', n: [1, true], no: null, o: undefined, é: '' },
      'a=b+c%26d&n=1&n=true&%C3%A9=',
      'application/x-www-form-urlencoded',
    ],
    [
      'a form as URLSearchParams',
      { dataFormat: 'form' },
      new URLSearchParams({ a: '1' }),
      'a=1',
      'application/x-www-form-urlencoded',
    ],
    ['a form as a string', { dataFormat: 'form' }, 'a=%20', 'a=%20', 'application/x-www-form-urlencoded'],
    ['text', { dataFormat: 'text' }, 'é', Buffer.from('é').toString('latin1'), 'text/plain; charset=utf-8'],
    ['XML', { dataFormat: 'xml' }, '<a/>', '<a/>', 'application/xml; charset=utf-8'],
    ['CSV', { dataFormat: 'csv' }, 'a,b\r\n', 'a,b\r\n', 'text/csv; charset=utf-8'],
  ])('is sent: %s', async (_, definition, payload, body, contentType) => {
    await connect(definition).post(cid, payload)
    const [request] = upstream.requests
    expect([request?.body.toString('latin1'), request?.headers['content-type']]).toEqual([body, contentType])
    expect(request?.headers['content-length']).toBe(String(body.length))
  })

  function* oneTwo() {
    yield 1
    yield 2
  }
  const consumed = Readable.from(['x'])
  const consumedWeb = new Response('x').body
  const lockedWeb = new Response('x').body
  beforeAll(async () => {
    await consumed.toArray()
    await new Response(consumedWeb).text()
    lockedWeb?.getReader()
  })
  const circle: Record<string, unknown> = {}
  circle.self = circle
  test.each<[string, OutgoingDefinition['dataFormat'], unknown, RegExp]>([
    ['a circle', 'json', circle, /circular/],
    ['a BigInt', 'json', { n: 1n }, /BigInt/],
    ['a function', 'json', () => 1, /a function/],
    ['a symbol', 'json', Symbol('x'), /a symbol/],
    ['a promise', 'json', Promise.resolve({}), /a Promise/],
    ['a Map', 'json', new Map(), /a Map/],
    ['a Set', 'json', new Set(), /a Set/],
    ['a Blob', 'json', new Blob(['x']), /a Blob/],
    ['a FormData', 'form', new FormData(), /a FormData/],
    ['an Error', 'json', new TypeError('x'), /an Error/],
    ['an Error', 'form', new Error('x'), /an Error/],
    ['a RegExp', 'json', /x/, /a RegExp/],
    ['a generator', 'json', oneTwo(), /a Generator/],
    ['an iterator', 'form', [1].values(), /an Array Iterator/],
    ['a Date', 'form', new Date(0), /a Date.*form/],
    ['a Node stream that was read', 'json', consumed, /read already/],
    ['a Node stream that was destroyed', 'json', Readable.from(['x']).destroy(), /read already/],
    ['a web stream that was read', 'json', consumedWeb, /read already/],
    ['a web stream that is being read', 'json', lockedWeb, /read already/],
    ['a URLSearchParams', 'json', new URLSearchParams(), /URLSearchParams/],
    ['a toJSON that gives nothing', 'json', { toJSON: () => undefined }, /toJSON/],
    [
      'a toJSON that throws',
      'json',
      {
        toJSON: () => {
          throw new Error('why not')
        },
      },
      /why not/,
    ],
    ['a nested field', 'form', { a: { b: 1 } }, /"a".*an object/],
    ['an array', 'form', [1], /an array.*form/],
    ['null', 'form', null, /null.*form/],
    ['an object', 'text', { a: 1 }, /an object.*text/],
    ['an object', 'xml', { a: 1 }, /an object.*xml/],
    ['a number', 'csv', 1, /a number.*csv/],
    ['null', 'text', null, /null.*text/],
  ])('is refused before anything is sent: %s on a %s connection', async (_, dataFormat, payload, message) => {
    const error = await failureOf<OutgoingError>(connect({ dataFormat }).post(cid, payload))
    expect(error).toBeInstanceOf(BadCall)
    expect(error).toMatchObject({ code: 'ZN402', status: 500, exitCode: 2, attempt: 0 })
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
    expect(upstream.requests).toEqual([])
  })

  test('may be an error, or anything else, that says itself what its JSON is', async () => {
    await connect().post(cid, Object.assign(new Error('x'), { toJSON: () => ({ told: true }) }))
    expect(String(upstream.requests[0]?.body)).toBe('{"told":true}')
  })

  test('that is none has no Content-Type, whoever sets it', async () => {
    const conn = connect({ contentType: 'text/x', headers: { 'Content-Type': 'text/y' } })
    await conn.post(cid, undefined, { headers: { 'content-TYPE': 'text/z' } })
    await conn.get(cid, { headers: { 'Content-Type': 'text/z' } })
    await conn.post(cid, '', { headers: { 'content-type': 'text/z' } })
    expect(upstream.requests.map(({ headers }) => headers['content-type'])).toEqual([undefined, undefined, 'text/z'])
  })

  test('may be described by an interface', async () => {
    interface Order {
      readonly sku: string
    }
    const order: Order = { sku: 'A1' }
    await connect().post(cid, order)
    expect(String(upstream.requests[0]?.body)).toBe('{"sku":"A1"}')
  })
})

describe('headers', () => {
  test('are the usual ones', async () => {
    await connect().get(cid)
    const { host, connection, traceparent, ...headers } = upstream.requests[0]?.headers ?? {}
    expect([host, connection]).toEqual([`127.0.0.1:${upstream.port}`, 'keep-alive'])
    expect(traceparent).toMatch(new RegExp(`^00-${cid}-[0-9a-f]{16}-01$`))
    expect(headers).toEqual({
      accept: 'application/json, */*;q=0.8',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': `zato-ts/${version}`,
      'x-zato-cid': cid,
    })
  })

  test('say nothing of JSON where the connection is of another format', async () => {
    await connect({ dataFormat: 'xml' }).get(cid)
    expect(upstream.requests[0]?.headers).not.toHaveProperty('accept')
  })

  test('go on with the trace of the caller, with a span of their own each', async () => {
    const traceparent = '00-aaaabbbbccccddddaaaabbbbccccdddd-0123456789abcdef-00'
    const { conn } = open({ host: upstream.url }, { caller: { traceparent } })
    await conn.get('my.own-cid')
    await conn.get('my.own-cid')
    const [first, second] = upstream.requests.map(({ headers }) => headers.traceparent)
    expect(first).toMatch(/^00-aaaabbbbccccddddaaaabbbbccccdddd-[0-9a-f]{16}-00$/)
    expect(first).not.toBe(second)
    expect(upstream.requests[0]?.headers['x-zato-cid']).toBe('my.own-cid')
  })

  test('of the trace are left out with trace_headers: false', async () => {
    await connect({ traceHeaders: false }).get(cid)
    expect(upstream.requests[0]?.headers).not.toHaveProperty('x-zato-cid')
    expect(upstream.requests[0]?.headers).not.toHaveProperty('traceparent')
  })

  test('of the connection win over the usual ones, those of the call over both, whatever their case', async () => {
    const conn = connect({ headers: { ACCEPT: 'a/connection', 'X-Both': 'connection', 'x-zato-cid': 'connection' } })
    const headers = Object.freeze({
      'x-BOTH': 'call',
      'User-Agent': 'call',
      'X-N': 1,
      'X-B': true,
      no: undefined,
      nor: null,
    })
    await conn.get(cid, { headers })
    const [request] = upstream.requests
    expect(request?.headers).toMatchObject({
      accept: 'a/connection',
      'x-both': 'call',
      'user-agent': 'call',
      'x-zato-cid': 'connection',
      'x-n': '1',
      'x-b': 'true',
    })
    const names = request?.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()) ?? []
    expect(names).toHaveLength(new Set(names).size)
    expect(names).not.toContain('no')
  })

  test('of the call decide the Content-Type', async () => {
    await connect({ contentType: 'a/connection' }).post(cid, {}, { headers: { 'content-type': 'a/call' } })
    expect(upstream.requests[0]?.headers['content-type']).toBe('a/call')
  })

  test('carry Latin-1 as it is', async () => {
    await connect().get(cid, { headers: { 'X-Name': 'é' } })
    expect(upstream.requests[0]?.headers['x-name']).toBe('é')
  })

  test('called __proto__ are headers like others', async () => {
    await connect().get(cid, { headers: JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, string> })
    expect(upstream.requests[0]?.rawHeaders.join()).toContain('__proto__,p,constructor,c')
  })

  test.each([
    ['Host', 'x', 'ZN404'],
    ['content-LENGTH', '1', 'ZN404'],
    ['Transfer-Encoding', 'chunked', 'ZN404'],
    ['Connection', 'close', 'ZN404'],
    ['Upgrade', 'h2c', 'ZN404'],
    ['Expect', '100-continue', 'ZN404'],
    ['Keep-Alive', 'timeout=5', 'ZN404'],
    ['X A', 'x', 'ZN404'],
    ['', 'x', 'ZN404'],
    ['X-A', 'x\r\nX-B: y', 'ZN404'],
    ['X-A', 'tab\there', 'ZN404'],
    ['X-A', '\u007f', 'ZN404'],
    ['X-A', '€', 'ZN404'],
    ['X-A', ['a', 'b'], 'ZN404'],
    ['X-A', { a: 1 }, 'ZN404'],
    ['X-A', Number.NaN, 'ZN404'],
  ])('refuse %j: %j', async (name, value, code) => {
    const error = await failureOf(connect().get(cid, { headers: { [name]: value as string } }))
    expect(error).toBeInstanceOf(BadCall)
    expect(error).toMatchObject({ code })
    expect(upstream.requests).toEqual([])
  })

  test.each([
    [new Map([['a', 'b']]), 'Object.fromEntries'],
    [new Headers({ a: 'b' }), 'Object.fromEntries'],
    [['a', 'b'], 'headers: {'],
    ['a: b', 'headers: {'],
    [null, 'headers: {'],
  ])('cannot be %o', async (headers, hint) => {
    const error = await failureOf<OutgoingError>(connect().get(cid, { headers: headers as never }))
    expect(error).toMatchObject({ code: 'ZN403' })
    expect(error.hint).toContain(hint)
  })

  test('of the connection that cannot be sent make it refuse each call', async () => {
    for (const headers of [{ Host: 'x' }, { 'X A': 'x' }, { 'X-A': 'a\nb' }]) {
      const error = await failureOf(connect({ headers }).get(cid))
      expect(error).toBeInstanceOf(NotConfigured)
      expect(error).toMatchObject({ code: 'ZN504' })
    }
  })
})

describe('credentials', () => {
  const basic = {
    name: 'Basic',
    type: 'basic_auth',
    isActive: true,
    username: 'ü',
    password: 'p:w€',
    realm: 'zato',
  } as const
  const key = { name: 'Key', type: 'apikey', isActive: true, header: 'X-API-Key', password: 'key-1' } as const
  const token = {
    name: 'Token',
    type: 'bearer_token',
    isActive: true,
    staticToken: 'token-1',
    staticHeader: 'Authorization',
    staticPrefix: 'Bearer',
  } as const

  test.each<[SecurityDefinition, string, string]>([
    [basic, 'authorization', `Basic ${Buffer.from('ü:p:w€').toString('base64')}`],
    [key, 'x-api-key', 'key-1'],
    [token, 'authorization', 'Bearer token-1'],
    [{ ...token, staticPrefix: '' }, 'authorization', 'token-1'],
    [{ ...token, staticPrefix: 'Token', staticHeader: 'X-Auth' }, 'x-auth', 'Token token-1'],
  ])('of %o go with each call', async (security, name, value) => {
    await connect({}, security).get(cid)
    expect(upstream.requests[0]?.headers[name]).toBe(value)
  })

  test('are overridden by nothing', async () => {
    const conn = connect({ headers: { authorization: 'of the connection' } }, token)
    await conn.get(cid, { headers: { AUTHORIZATION: 'of the call', Authorization: 'again' } })
    const sent = upstream.requests[0]?.rawHeaders.filter(
      (_, index, all) => all[index - 1]?.toLowerCase() === 'authorization',
    )
    expect(sent).toEqual(['Bearer token-1'])
  })

  test.each<[string, SecurityDefinition]>([
    ['a line break', { ...key, password: 'canary\n' }],
    ['a character outside Latin-1', { ...token, staticToken: 'canary€' }],
    ['a user name with a colon', { ...basic, username: 'canary:x' }],
    ['a header that is not theirs', { ...key, header: 'Host' }],
    ['a type that is not served', { name: 'Other', type: 'unserved', isActive: true }],
    ['no life', { ...key, isActive: false }],
  ])('with %s make the connection refuse, without showing them', async (_, security) => {
    const error = await failureOf<OutgoingError>(connect({}, security).get(cid))
    expect(error).toBeInstanceOf(NotConfigured)
    expect(error).toMatchObject({ code: 'ZN504', status: 500 })
    expect(JSON.stringify([error.message, error.hint])).not.toContain('canary')
    expect(upstream.requests).toEqual([])
  })
})
