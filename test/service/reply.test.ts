import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { HttpStatus, NotFound, type ResponseHeaders, Service } from '../../src/index.js'
import { running } from './running.js'

let act: (service: Service) => unknown = () => undefined
class Acts extends Service {
  handle() {
    return act(this)
  }
}
const project = running({ Acts })
afterAll(() => project.close())

const reply = (what: (service: Service) => unknown, signal?: AbortSignal) => {
  act = what
  project.logs.length = 0
  return project.send('test.acts', signal ? { signal } : {})
}
const returning = (payload: unknown) => reply(() => payload)

describe('a payload', () => {
  const json = 'application/json'
  test.each([
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [[1, 2], '[1,2]'],
    [0, '0'],
    [1.5, '1.5'],
    [Number.NaN, 'null'],
    [true, 'true'],
    [false, 'false'],
    [null, 'null'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ at: new Date(0), none: undefined, call: () => 1 }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [
      new (class {
        toJSON() {
          return { money: '1.00' }
        }
      })(),
      '{"money":"1.00"}',
    ],
    [Object.create(null) as object, '{}'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ])('%j is sent as JSON', async (payload, text) => {
    expect(await returning(payload)).toMatchObject({ statusCode: 200, headers: { 'content-type': json }, text })
  })

  test.each(['text', '', 'ž😀'])('that is the string "%s" is sent as text', async (text) => {
    expect(await returning(text)).toMatchObject({ headers: { 'content-type': 'text/plain; charset=utf-8' }, text })
  })

  test.each([
    ['a Uint8Array', new Uint8Array([1, 2, 3])],
    ['a Buffer', Buffer.from([1, 2, 3])],
    ['a view of a part', new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4)],
    ['a DataView', new DataView(new Uint8Array([0, 1, 2, 3]).buffer, 1)],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
  ])('that is %s is sent as bytes', async (_, payload) => {
    const { headers, bytes } = await returning(payload)
    expect(headers).toEqual({ 'content-type': 'application/octet-stream' })
    expect([...bytes]).toEqual([1, 2, 3])
  })

  test('has the Content-Type that the service sets', async () => {
    const typed = await reply((service) => {
      service.response.contentType = 'text/html; charset=utf-8'
      return '<p>'
    })
    expect(typed.headers).toEqual({ 'content-type': 'text/html; charset=utf-8' })
    const byHeader = await reply((service) => {
      service.response.headers['Content-Type'] = 'application/vnd.shop+json'
      return {}
    })
    expect(byHeader.headers).toEqual({ 'content-type': 'application/vnd.shop+json' })
  })

  const circle: Record<string, unknown> = { a: { 'b/c': [1] } }
  ;(circle.a as Record<string, unknown>).self = [circle]
  test.each([
    ['a BigInt', { order: { lines: [{ n: 1 }, { n: 10n }] } }, 'a BigInt is at "/order/lines/1/n"'],
    ['a BigInt alone', 10n, 'a BigInt is at ""'],
    ['a circle', circle, 'a circle is at "/a/self/0"'],
    ['a function', () => 1, 'it is a function'],
    ['a symbol', Symbol('x'), 'it is a symbol'],
    [
      'something that throws',
      {
        toJSON: () => {
          throw new Error('no JSON')
        },
      },
      'no JSON',
    ],
  ])('that holds %s is 500, and the log says where', async (_, payload, why) => {
    const { statusCode, problem } = await returning(payload)
    expect({ statusCode, detail: problem?.detail }).toEqual({
      statusCode: 500,
      detail: 'The service failed; its log says why, under this cid',
    })
    expect(project.logs).toMatchObject([
      {
        level: 'error',
        service: 'test.acts',
        message: `The payload cannot be sent as JSON: ${why}`,
        fields: { code: 'ZS303' },
      },
    ])
  })

  test('that holds one object twice is no circle', async () => {
    const one = { a: 1 }
    expect((await returning([one, { one }, one])).text).toBe('[{"a":1},{"one":{"a":1}},{"a":1}]')
  })

  test('that JSON would lose is refused rather than sent as {}', async () => {
    const lost = [
      ...[new Response('x'), new Blob(['x']), new FormData(), new Headers(), new Map([[1, 2]]), new Set([1])],
      ...[new Error('x'), new DOMException('x'), /x/, [1].values(), new URLSearchParams('a=1')],
    ]
    for (const payload of lost) {
      const assigned = await reply((service) => {
        service.response.payload = payload
      })
      expect(assigned.statusCode).toBe(500)
      expect(project.logs).toMatchObject([{ fields: { code: 'ZS303', hint: expect.any(String) as string } }])
    }
  })

  test('that is a promise is awaited', async () => {
    const assigned = await reply((service) => {
      service.response.payload = Promise.resolve({ a: 1 })
    })
    expect(assigned.text).toBe('{"a":1}')
  })

  test('of any JSON value arrives as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        if (typeof value === 'string') return
        expect((await returning(value)).json).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('a stream', () => {
  const chunks = ['a', Buffer.from('ž'), new Uint8Array([33])]
  async function* generate() {
    for (const chunk of chunks) yield await Promise.resolve(chunk)
  }
  test.each([
    ['a ReadableStream', () => ReadableStream.from(generate())],
    ['a Node stream', () => Readable.from(chunks.map((chunk) => Buffer.from(chunk as string)))],
    ['an async generator', generate],
  ])('that is %s is sent piece by piece', async (_, make) => {
    const { headers, text } = await returning(make())
    expect(text).toBe('až!')
    expect(headers).toEqual({ 'content-type': 'application/octet-stream' })
  })

  test('has the Content-Type that the service sets', async () => {
    const { headers } = await reply((service) => {
      service.response.contentType = 'text/event-stream'
      return generate()
    })
    expect(headers).toEqual({ 'content-type': 'text/event-stream' })
  })

  test('is not read before it is asked for, and ended when the caller goes', async () => {
    let read = 0
    let cancelled: unknown
    const stream = new ReadableStream(
      {
        pull(controller) {
          read++
          controller.enqueue('x')
        },
        cancel: (reason) => void (cancelled = reason),
      },
      { highWaterMark: 0 },
    )
    act = () => stream
    const { body } = await project.dispatch('test.acts')
    expect(read).toBe(0)
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    expect(read).toBe(1)
    await reader.cancel('gone')
    expect(cancelled).toBe('gone')
  })

  test('of a Node stream is destroyed when the caller goes, while nothing flows', async () => {
    const idle = new Readable({ read: () => undefined })
    act = () => idle
    const { body } = await project.dispatch('test.acts')
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    const pending = reader.read().catch(() => undefined)
    await reader.cancel()
    await pending
    expect(idle.destroyed).toBe(true)
  })

  test('that fails on its way fails the body and is logged', async () => {
    async function* failing() {
      yield 'first'
      await Promise.resolve()
      throw new Error('the source broke')
    }
    await expect(returning(failing())).rejects.toThrow('the source broke')
    expect(project.logs).toMatchObject([
      { level: 'error', service: 'test.acts', message: 'The service threw Error: the source broke' },
    ])
  })

  test('of objects fails the body, and its source is told', async () => {
    let ended = false
    async function* objects() {
      try {
        yield await Promise.resolve({ a: 1 })
        yield 'never'
      } finally {
        ended = true
      }
    }
    await expect(returning(objects())).rejects.toThrow('A stream sends strings and bytes')
    expect(ended).toBe(true)
  })

  test('that cannot be sent, because of a header or the status, is cancelled', async () => {
    const spoil: ((service: Service) => void)[] = [
      (service) => (service.response.headers['a b'] = '1'),
      (service) => (service.response.statusCode = 99),
      (service) => (service.response.statusCode = 204),
    ]
    for (const how of spoil) {
      let cancelled = false
      await reply((service) => {
        how(service)
        return new ReadableStream({ cancel: () => void (cancelled = true) })
      })
      expect(cancelled).toBe(true)
    }
  })

  test('that something else reads is 500', async () => {
    const stream = ReadableStream.from(generate())
    stream.getReader()
    expect((await returning(stream)).statusCode).toBe(500)
    expect(project.logs).toMatchObject([{ message: 'The payload is a stream that something else is reading' }])
  })
})

describe('a status', () => {
  test.each([200, 201, 299, 302, 404, 418, 500, 599])('%d is sent', async (status) => {
    const { statusCode, text } = await reply((service) => {
      service.response.statusCode = status
      return { own: 'body' }
    })
    expect({ statusCode, text }).toEqual({ statusCode: status, text: '{"own":"body"}' })
  })

  test.each([0, -1, 99, 101, 199, 600, 1000, 200.5, Number.NaN, Number.POSITIVE_INFINITY, '200', null, {}])(
    '%j is impossible: 500',
    async (status) => {
      const { statusCode } = await reply((service) => {
        service.response.statusCode = status as number
        return 'x'
      })
      expect(statusCode).toBe(500)
      expect(project.logs).toMatchObject([{ level: 'error', fields: { code: 'ZS303' } }])
    },
  )

  test.each([HttpStatus.NO_CONTENT, HttpStatus.RESET_CONTENT, HttpStatus.NOT_MODIFIED])(
    '%d has no body: one is left out with a warning',
    async (status) => {
      const { statusCode, headers, body } = await reply((service) => {
        service.response.statusCode = status
        return { a: 1 }
      })
      expect({ statusCode, headers, body }).toEqual({ statusCode: status, headers: {}, body: undefined })
      expect(project.logs).toMatchObject([
        { level: 'warn', message: `The payload is left out: a reply with status ${status} has no body` },
      ])
    },
  )

  test('204 without a payload is no reason to warn', async () => {
    await reply((service) => {
      service.response.statusCode = HttpStatus.NO_CONTENT
    })
    expect(project.logs).toEqual([])
  })
})

describe('headers', () => {
  const withHeaders = (headers: ResponseHeaders) =>
    reply((service) => {
      service.response.headers = headers
      return 'x'
    })

  test('are sent with names in lower case and values as text', async () => {
    const { headers } = await withHeaders({
      'X-One': '1',
      'x-count': 2,
      'Set-Cookie': ['a=1', 'b=2'],
      none: undefined,
      Latin: 'é',
    })
    expect(headers).toEqual({
      'x-one': '1',
      'x-count': '2',
      'set-cookie': ['a=1', 'b=2'],
      latin: 'é',
      'content-type': 'text/plain; charset=utf-8',
    })
  })

  test('may be a web Headers', async () => {
    const web = new Headers({ 'X-One': '1' })
    web.append('set-cookie', 'a=1')
    web.append('set-cookie', 'b=2')
    const { headers } = await reply((service) => {
      service.response.headers = web
      service.response.headers['X-Two'] = '2'
      return null
    })
    expect(headers).toEqual({
      'x-one': '1',
      'x-two': '2',
      'set-cookie': ['a=1', 'b=2'],
      'content-type': 'application/json',
    })
    const thrown = await reply(() => {
      throw new NotFound('x', { headers: new Headers({ 'X-One': '1' }) })
    })
    expect(thrown.headers).toEqual({ 'x-one': '1' })
  })

  test.each([
    ['a blank in a name', { 'a b': '1' }],
    ['an empty name', { '': '1' }],
    ['a line break in a name', { 'a\r\nb': '1' }],
    ['a line break in a value', { a: '1\r\nset-cookie: x' }],
    ['NUL in a value', { a: '\u0000' }],
    ['text outside Latin-1', { a: 'ž' }],
    ['one of several values', { a: ['1', '\n'] }],
  ])('with %s are impossible: 500', async (_, headers) => {
    expect((await withHeaders(headers)).statusCode).toBe(500)
    expect(project.logs).toMatchObject([{ level: 'error', fields: { code: 'ZS303' } }])
  })

  test('that frame the message are left out with a warning', async () => {
    const { headers } = await withHeaders({
      'Content-Length': '999',
      'Transfer-Encoding': 'chunked',
      Connection: 'close',
      a: '1',
    })
    expect(headers).toEqual({ a: '1', 'content-type': 'text/plain; charset=utf-8' })
    expect(project.logs.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn'])
  })

  test('named like prototypes are headers', async () => {
    const { headers } = await withHeaders(JSON.parse('{"__proto__":"1","constructor":"2"}') as ResponseHeaders)
    expect(Object.entries(headers).slice(0, 2)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })

  test.each(['text/plain\r\nx: y', 'ž'])('with the impossible Content-Type %j are 500', async (contentType) => {
    const { statusCode } = await reply((service) => {
      service.response.contentType = contentType
      return 'x'
    })
    expect(statusCode).toBe(500)
  })

  test('cannot be made to send another header, whatever text they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), async (name, value) => {
        const { statusCode, headers } = await withHeaders({ [name]: value })
        expect([200, 500]).toContain(statusCode)
        for (const text of Object.entries(headers).flat(2)) expect(text).not.toMatch(/[\r\n\0]/)
      }),
    )
  })
})
