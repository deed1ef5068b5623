import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { Service } from '../../src/index.js'
import { mergeInput } from '../../src/service/input.js'
import { type RequestOptions, running } from './running.js'

/** What a service saw, asked of it in the process: not as JSON, which cannot tell undefined or bytes. */
let seen: unknown
let look: (service: Service) => unknown = () => undefined
class Looks extends Service {
  handle() {
    seen = look(this)
  }
}
const project = running({ Looks })
afterAll(() => project.close())

async function saw<T>(request: RequestOptions, what: (service: Service) => T): Promise<T> {
  look = what
  seen = undefined
  const outcome = await project.dispatch('test.looks', request)
  expect(outcome).toMatchObject({ statusCode: 200 })
  return seen as T
}
const input = (request: RequestOptions) => saw(request, (service) => service.request.input)
const payload = (request: RequestOptions) => saw(request, (service) => service.request.payload)

describe('request.input', () => {
  const params = { id: 'path', p: 'path' }
  const query = { id: 'query', q: 'query' }
  const body = '{"id":"body","p":"body","q":"body","b":"body"}'

  test('path wins over query, both win over the payload', async () => {
    expect(await input({ params, query, body })).toEqual({ id: 'path', p: 'path', q: 'query', b: 'body' })
  })

  test('query wins over path where the channel says so', async () => {
    const channel = { urlParamsPri: 'qs-over-path' } as const
    expect(await input({ params, query, body, channel })).toEqual({ id: 'query', p: 'path', q: 'query', b: 'body' })
  })

  test('the payload wins where the channel says so', async () => {
    const channel = { paramsPri: 'msg-over-channel-params' } as const
    expect(await input({ params, query, body, channel })).toEqual({ id: 'body', p: 'body', q: 'body', b: 'body' })
    expect(await input({ params, query, body: '{}', channel })).toEqual({ id: 'path', p: 'path', q: 'query' })
  })

  test.each(['[1]', '"text"', '7', 'null', 'true'])('a payload %s is not merged', async (body) => {
    expect(await input({ params, body })).toEqual(params)
    expect(await input({ query, body })).toEqual(query)
    expect(await input({ body })).toEqual(JSON.parse(body))
  })

  test('without payload and parameters it is empty', async () => {
    expect(await input({})).toEqual({})
  })

  test('a payload without parameters is it', async () => {
    expect(await input({ body })).toEqual(JSON.parse(body))
  })

  test('the fields of a form are merged too', async () => {
    expect(await input({ params: { a: '1' }, body: 'a=2&b=3', channel: { dataFormat: 'form' } })).toEqual({
      a: '1',
      b: '3',
    })
  })

  test('keys that look like prototypes are data, wherever they come from', async () => {
    const evil = JSON.parse('{"__proto__":"x","constructor":"y","toString":"z"}') as Record<string, string>
    const sources: RequestOptions[] = [
      { body: JSON.stringify(evil), params: { id: '1' } },
      { query: evil, params: { id: '1' } },
      { params: evil, body: '{"id":"1"}' },
    ]
    for (const source of sources) {
      const merged = await input(source)
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
      expect(Object.entries(merged).sort()).toEqual([
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['id', '1'],
        ['toString', 'z'],
      ])
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('each key has the value of the first source that has it', () => {
    const keys = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')
    const record = fc.array(fc.tuple(keys, fc.string())).map((entries) => Object.fromEntries(entries))
    fc.assert(
      fc.property(record, record, record, (params, query, payload) => {
        const merged = mergeInput(payload, { params, query }) as object
        const own = (from: object, key: string) => Object.getOwnPropertyDescriptor(from, key)?.value as unknown
        for (const key of ['a', 'b', 'c', '__proto__', 'constructor']) {
          expect(own(merged, key)).toBe(own(params, key) ?? own(query, key) ?? own(payload, key))
        }
      }),
    )
  })
})

describe('request.payload', () => {
  test.each([
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
    ['a=x+y&b=%C5%BE%26', { a: 'x y', b: 'ž&' }],
    ['a', { a: '' }],
    ['=x', { '': 'x' }],
    ['%zz=%', { '%zz': '%' }],
  ])('of a form channel is the fields: %s', async (body, fields) => {
    expect(await payload({ body, channel: { dataFormat: 'form' } })).toEqual(fields)
  })

  test('of a form with a field __proto__ has that field', async () => {
    const fields = (await payload({ body: '__proto__=1&__proto__=2', channel: { dataFormat: 'form' } })) as object
    expect(Object.entries(fields)).toEqual([['__proto__', ['1', '2']]])
  })

  test.each(['xml', 'csv', 'text'] as const)(
    'of a %s channel is the text, without a byte order mark',
    async (dataFormat) => {
      expect(await payload({ body: '\uFEFF<a>ž</a>', channel: { dataFormat } })).toBe('<a>ž</a>')
    },
  )

  test.each(['json', 'form', 'xml', 'csv', 'text'] as const)(
    'of an empty body on a %s channel is undefined',
    async (dataFormat) => {
      expect(await payload({ channel: { dataFormat } })).toBeUndefined()
    },
  )

  test('every form round-trips', async () => {
    const fields = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), {
      minKeys: 1,
      noNullPrototype: true,
    })
    await fc.assert(
      fc.asyncProperty(fields, async (sent) => {
        const body = new URLSearchParams(Object.entries(sent)).toString()
        expect(Object.entries((await payload({ body, channel: { dataFormat: 'form' } })) as object)).toEqual(
          Object.entries(sent),
        )
      }),
    )
  })

  test('of a multipart body on a form channel is refused', async () => {
    look = (service) => service.request.payload
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    const reply = await project.send('test.looks', { body: '--x--', headers, channel: { dataFormat: 'form' } })
    expect(reply).toMatchObject({
      statusCode: 400,
      problem: { detail: expect.stringContaining('multipart') as string },
    })
  })
})

describe('request.text and request.raw', () => {
  test('raw is the bytes that were sent', async () => {
    const body = Buffer.from([0xff, 0x00, 0x80])
    expect(Buffer.from(await saw({ body, channel: { dataFormat: 'text' } }, (service) => service.request.raw))).toEqual(
      body,
    )
  })

  test.each([
    ['text/plain', Buffer.from('žluť'), 'žluť'],
    ['text/plain; charset=utf-8', Buffer.from('\uFEFFž'), '\uFEFFž'],
    ['text/plain;charset=ISO-8859-1', Buffer.from([0xe9, 0x20, 0xfc]), 'é ü'],
    ['text/plain; charset="windows-1250"', Buffer.from([0x9e]), 'ž'],
    ['text/plain; format=flowed; charset=utf-16le', Buffer.from('ž', 'utf16le'), 'ž'],
    ['application/json', Buffer.from('{"a" :  1}'), '{"a" :  1}'],
  ])('text is decoded by the charset of %s', async (type, body, text) => {
    const channel = { dataFormat: type === 'application/json' ? 'json' : 'text' } as const
    expect(await saw({ body, headers: { 'content-type': type }, channel }, (service) => service.request.text)).toBe(
      text,
    )
  })

  test.each([
    ['text/plain', 'The body is not UTF-8 text; name its charset in Content-Type'],
    ['text/plain; charset=utf-8', 'The body is not utf-8 text'],
    ['text/plain; charset=klingon', 'The charset "klingon" of the body is unknown'],
  ])('text that %s cannot be is 400', async (type, detail) => {
    look = (service) => service.request.text
    const request = {
      body: Buffer.from([0xe9]),
      headers: { 'content-type': type },
      channel: { dataFormat: 'text' },
    } as const
    expect(await project.send('test.looks', request)).toMatchObject({ statusCode: 400, problem: { detail } })
  })
})

test('request.http is the request, and nothing of what carried it here', async () => {
  const request = {
    cid: 'c',
    method: 'PUT',
    path: '/a/b%20c',
    params: { id: '1' },
    query: { q: ['1', '2'] },
    headers: { 'x-one': '1' },
    remoteAddress: '10.0.0.1',
  }
  const http = await saw(request, (service) => service.request.http)
  expect(http).toEqual({
    method: 'PUT',
    path: '/a/b%20c',
    params: { id: '1' },
    query: { q: ['1', '2'] },
    headers: { 'x-one': '1' },
    remoteAddress: '10.0.0.1',
  })
})

test('request.channel is the channel and who the caller is', async () => {
  const security = { name: 'Partner key', type: 'apikey' }
  expect(await saw({ channel: { name: 'Orders', security } }, (service) => service.request.channel)).toEqual({
    name: 'Orders',
    security,
  })
  expect(await saw({ channel: null }, (service) => service.request.channel)).toBeUndefined()
})
