import { inspect } from 'node:util'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { type } from 'arktype'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { BadReply, type OutgoingError, SchemaMismatch } from '../../src/outgoing/errors.js'
import { RestResponse } from '../../src/outgoing/response.js'
import type { OutgoingDefinition } from '../../src/project/schema.js'
import { type ScriptedReply, type Upstream, startRawUpstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

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

async function get(reply: ScriptedReply, definition: Partial<OutgoingDefinition> = {}) {
  upstream.reply(reply)
  return open({ host: upstream.url, ...definition }).conn.get(cid)
}
const type_ = (contentType: string) => ({ 'content-type': contentType })

describe('a response', () => {
  test('says what was answered', async () => {
    upstream.reply({ status: 201, body: '{"id":7}' })
    const { conn } = open({ host: upstream.url, urlPath: '/orders/{id}' })
    const response = await conn.get(cid, { params: { id: 'a b', q: 1 } })
    expect(response).toBeInstanceOf(RestResponse)
    expect(response).toMatchObject({
      statusCode: 201,
      ok: true,
      data: { id: 7 },
      text: '{"id":7}',
      attempts: 1,
      url: `${upstream.url}/orders/a%20b?q=1`,
      parseError: undefined,
    })
    expect(Buffer.from(response.raw).toString()).toBe('{"id":7}')
    expect(response.json()).toEqual({ id: 7 })
    expect(response.elapsedMs).toBeGreaterThan(0)
  })

  test('shows and writes what it is, with its headers and without its body', async () => {
    const response = await get({ status: 201, headers: { 'x-made-by': 'Zato' }, body: '{"secret":7}' })
    const { statusCode, headers, url, elapsedMs, attempts } = response
    expect(JSON.parse(JSON.stringify(response))).toEqual({ statusCode, headers, url, elapsedMs, attempts })
    const shown = inspect(response)
    expect(shown).toMatch(/^RestResponse \{\n {2}statusCode: 201,/)
    for (const text of ["'x-made-by': 'Zato'", url, 'attempts: 1']) expect(shown).toContain(text)
    expect(shown).not.toContain('secret')
  })

  test.each([
    [200, true],
    [299, true],
    [300, false],
    [404, false],
    [500, false],
    [599, false],
  ])('of status %i never throws; ok is %s', async (status, ok) => {
    expect(await get({ status, body: '{}' })).toMatchObject({ statusCode: status, ok, data: {} })
  })

  test('has headers in lower case, joined, without a prototype; set-cookie is an array', async () => {
    const raw = await startRawUpstream(({ socket }) =>
      socket.write(
        [
          'HTTP/1.1 200 OK',
          'X-Multi: a',
          'x-multi: b',
          'Set-Cookie: one=1',
          'Set-Cookie: two=2',
          '__proto__: polluted',
          'constructor: c',
          'X-Latin: \xe9',
          'Content-Length: 0',
          '',
          '',
        ].join('\r\n'),
        'latin1',
      ),
    )
    const { headers } = await open({ host: raw.url }).conn.get(cid)
    expect(Object.getPrototypeOf(headers)).toBe(null)
    expect({ ...headers, ['__proto__']: undefined }).toMatchObject({
      'x-multi': 'a, b',
      'set-cookie': ['one=1', 'two=2'],
      constructor: 'c',
      'x-latin': 'é',
    })
    expect(Object.keys(headers)).toContain('__proto__')
    expect(headers['__proto__']).toBe('polluted')
    expect(({} as Record<string, unknown>).polluted).toBe(undefined)
    await raw.close()
  })
})

describe('data', () => {
  test.each<[string, ScriptedReply, Partial<OutgoingDefinition>, unknown]>([
    ['JSON', { body: '{"a":[1]}' }, {}, { a: [1] }],
    [
      'JSON with a charset',
      { headers: type_('application/json; charset=utf-8'), body: '"é"' },
      { dataFormat: 'text' },
      'é',
    ],
    [
      'JSON of a type of its own',
      { headers: type_('application/problem+json'), body: '{}' },
      { dataFormat: 'text' },
      {},
    ],
    ['JSON in upper case', { headers: type_('Application/JSON'), body: '1' }, { dataFormat: 'text' }, 1],
    ['JSON that says it is text, on a json connection', { headers: type_('text/plain'), body: '[]' }, {}, []],
    ['text that looks like JSON', { headers: type_('text/plain'), body: '[]' }, { dataFormat: 'text' }, '[]'],
    ['no JSON type', { headers: type_('application/jsonl'), body: '1\n2' }, { dataFormat: 'text' }, '1\n2'],
    ['XML', { headers: type_('application/xml'), body: '<a/>' }, { dataFormat: 'xml' }, '<a/>'],
    ['an empty body', { body: '' }, {}, null],
    ['an empty body of text', { headers: type_('text/plain'), body: '' }, { dataFormat: 'text' }, null],
    ['204', { status: 204 }, {}, null],
    ['304', { status: 304 }, {}, null],
    ['a byte order mark before JSON', { body: '\ufeff{"a":1}' }, {}, { a: 1 }],
    ['only a byte order mark', { body: '\ufeff' }, {}, null],
    ['a number', { body: '1.50' }, {}, 1.5],
  ])('of %s', async (_, reply, definition, data) => {
    const response = await get(reply, definition)
    expect(response.data).toEqual(data)
    expect(response.parseError).toBe(undefined)
    expect(response.data).toBe(response.data)
  })

  test('that is not JSON on a JSON connection is the text, and parseError says why', async () => {
    const html = '<html>Bad Gateway</html>'
    const response = await get({ status: 502, headers: type_('text/html'), body: html })
    expect([response.statusCode, response.data]).toEqual([502, html])
    expect(response.parseError).toMatch(/Unexpected token/)
    expect(() => response.json()).toThrow(BadReply)
    expect(() => response.json()).toThrow('The reply of "Orders API" is not JSON')
  })

  test('called __proto__ pollute nothing', async () => {
    const { data } = await get({ body: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}' })
    expect(Object.keys(data as object)).toEqual(['__proto__', 'constructor'])
    expect((data as { polluted?: unknown }).polluted).toBe(undefined)
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
  })

  test('json() reads any type', async () => {
    const response = await get({ headers: type_('text/plain'), body: '[1]' }, { dataFormat: 'text' })
    expect([response.data, response.json()]).toEqual(['[1]', [1]])
    expect((await get({ body: '' })).json()).toBe(null)
  })
})

describe('the charset', () => {
  test.each([
    ['of the header', 'text/plain; charset=iso-8859-1', Buffer.from([0xe9]), 'é'],
    ['in quotes', 'text/plain; charset="windows-1252"', Buffer.from([0x80]), '€'],
    [
      'of the header, all of it',
      'text/plain; charset=windows-1252',
      Buffer.from([0x81, 0x8e, 0x93, 0x9f, 0xa0, 0xff]),
      '\u0081Ž“Ÿ\u00a0ÿ',
    ],
    ['of many bytes', 'text/plain;charset=Shift_JIS', Buffer.from([0x93, 0xfa]), '日'],
    ['of JSON', 'application/json; charset=iso-8859-1', Buffer.from([0x22, 0xe9, 0x22]), 'é'],
    ['UTF-16, with its mark', 'text/plain', Buffer.from('\ufeffé', 'utf16le'), 'é'],
    ['UTF-16 the other way round', 'text/plain; charset=utf-8', Buffer.from([0xfe, 0xff, 0, 0xe9]), 'é'],
    ['unknown: UTF-8', 'text/plain; charset=klingon', Buffer.from('é'), 'é'],
    ['none: UTF-8', 'text/plain', Buffer.from('é'), 'é'],
    ['wrong: a replacement for what does not fit', 'text/plain', Buffer.from([0x61, 0xff]), 'a\ufffd'],
  ])('is %s', async (_, contentType, body, text) => {
    expect((await get({ headers: type_(contentType), body }, { dataFormat: 'text' })).data).toBe(text)
  })
})

describe('content codings', () => {
  const body = JSON.stringify({ text: 'é'.repeat(50_000) })
  test.each([
    ['gzip', gzipSync(body)],
    ['x-gzip', gzipSync(body)],
    ['GZIP', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['deflate', deflateRawSync(body)],
    ['br', brotliCompressSync(body)],
    ['identity', Buffer.from(body)],
    ['gzip, br', brotliCompressSync(gzipSync(body))],
    ['deflate, gzip, br, identity, gzip', gzipSync(brotliCompressSync(gzipSync(deflateRawSync(body))))],
  ])('%s is undone', async (coding, coded) => {
    const response = await get({ headers: { 'content-encoding': coding }, body: coded })
    expect(response.text).toBe(body)
  })

  test('are undone however the bytes are cut', async () => {
    const coded = gzipSync(body)
    upstream.reply((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      for (const byte of coded) response.write(Buffer.from([byte]))
      response.end()
      return undefined
    })
    expect((await open({ host: upstream.url }).conn.get(cid)).text).toBe(body)
  })

  test('of no body are no matter', async () => {
    const headers = { 'content-encoding': 'gzip' }
    for (const status of [200, 204, 304]) expect((await get({ status, headers })).data).toBe(null)
    expect((await open({ host: upstream.url }).conn.head(cid)).data).toBe(null)
  })

  test('of a bomb cost no memory', async () => {
    const layer = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    upstream.reply({ headers: { 'content-encoding': 'gzip, gzip' }, body: gzipSync(layer) })
    const { conn } = open({ host: upstream.url, maxResponseSize: 1024 * 1024 })
    const before = process.memoryUsage()
    let most = 0
    const timer = setInterval(() => {
      const { rss } = process.memoryUsage()
      most = Math.max(most, rss - before.rss)
    }, 1)
    for (let time = 0; time < 5; time++)
      expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN302', phase: 'body' })
    clearInterval(timer)
    expect(most).toBeLessThan(100 * 1024 * 1024)
  })
})

describe('the size', () => {
  test('may be exactly the limit', async () => {
    const body = 'x'.repeat(1000)
    expect((await get({ body }, { maxResponseSize: 1000 })).text).toBe(body)
    expect(
      (await get({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(body) }, { maxResponseSize: 1000 })).text,
    ).toBe(body)
  })

  test('of a HEAD is only told', async () => {
    const raw = await startRawUpstream(
      ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n'),
    )
    const { conn } = open({ host: raw.url, maxResponseSize: 10 })
    const response = await conn.head(cid)
    expect([response.headers['content-length'], response.data]).toEqual(['999999', null])
    await raw.close()
  })
})

describe('a schema', () => {
  const zod = z.object({ id: z.number(), tags: z.array(z.string()).default([]) })

  test.each([
    ['zod', zod],
    ['valibot', v.object({ id: v.number(), tags: v.optional(v.array(v.string()), []) })],
    ['arktype', type({ id: 'number', tags: type('string[]').default(() => []) })],
  ])('of %s checks and types the data, and makes of it what it will', async (_, schema) => {
    upstream.reply({ body: '{"id":1}' })
    const response = await open({ host: upstream.url }).conn.get(cid, { schema })
    expectTypeOf(response.data.tags).toEqualTypeOf<string[]>()
    expect(response.data).toEqual({ id: 1, tags: [] })
    expect(response.text).toBe('{"id":1}')
  })

  test('that does not match throws, with the place of each problem', async () => {
    upstream.reply({ body: '{"id":"canary","tags":["a",2]}' })
    const { conn, events } = open({ host: upstream.url })
    const error = await failureOf<SchemaMismatch>(conn.get(cid, { schema: zod }))
    expect(error).toBeInstanceOf(SchemaMismatch)
    expect(error).toMatchObject({ code: 'ZN701', status: 502, exitCode: 8, phase: 'body', cid })
    expect(error.issues.map(({ path }) => path)).toEqual(['/id', '/tags/1'])
    expect(error.message).toMatch(/^The reply of "Orders API" does not match its schema: \/id: .* \(and 1 more\)$/)
    expect(events).toMatchObject([{ statusCode: 200, error: { code: 'ZN701' } }])
  })

  test('is asked about good replies only: a status still does not throw', async () => {
    upstream.reply({ status: 404, body: '{"error":"gone"}' })
    const response = await open({ host: upstream.url }).conn.get(cid, { schema: zod })
    expect([response.statusCode, response.data]).toEqual([404, { error: 'gone' }])
  })

  test('says when the reply is not even JSON', async () => {
    upstream.reply({ body: '<html>' })
    const error = await failureOf<OutgoingError>(open({ host: upstream.url }).conn.get(cid, { schema: zod }))
    expect(error.hint).toContain('not even JSON')
  })

  test('that throws fails the call, and leaves nothing open', async () => {
    upstream.reply({ body: '1' })
    const { outgoing, conn } = open({ host: upstream.url })
    const schema = z.number().transform((): number => {
      throw new Error('in the schema')
    })
    expect(await failureOf(conn.get(cid, { schema }))).toMatchObject({ message: 'in the schema' })
    await outgoing.close()
  })

  test('types data that nobody checks, too', async () => {
    interface Order {
      readonly id: number
    }
    upstream.reply({ body: '{"id":1}' })
    const { conn } = open({ host: upstream.url })
    const response = await conn.get<Order>(cid)
    expectTypeOf(response.data).toEqualTypeOf<Order>()
    expectTypeOf((await conn.get(cid)).data).toEqualTypeOf<unknown>()
    expect(response.data.id).toBe(1)
  })
})
