import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseLossless } from '../../src/outgoing/lossless-json.js'
import { LosslessNumber, stringifyExactly } from '../../src/outgoing/lossless-number.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, open } from './helpers/open-outgoing.js'

const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,4})?$/)

describe('a lossless number', () => {
  test('is its text, the nearest number and, of an integer, the exact bigint', () => {
    const id = new LosslessNumber('9007199254740993')
    expect(String(id)).toBe('9007199254740993')
    expect(inspect({ id })).toBe('{ id: 9007199254740993 }')
    expect(Number(id)).toBe(9007199254740992)
    expect(BigInt(id.valueOf())).toBe(9007199254740993n)
    expect(id.valueOf() > 5).toBe(true)
    expect(Number(new LosslessNumber('1.10')) * 2).toBe(2.2)
    expect(Object.is(new LosslessNumber('-0').valueOf(), -0)).toBe(true)
    expect(Number(new LosslessNumber('1e400'))).toBe(Number.POSITIVE_INFINITY)
  })

  test('is never anything but a number', () => {
    for (const text of ['', '01', '1.', '.5', '+1', '0x10', 'NaN', '1 ', '1,"a":2']) {
      expect(() => new LosslessNumber(text)).toThrow(TypeError)
    }
  })

  test('is a number to JSON.stringify, the nearest one at least', () => {
    expect(Number(JSON.stringify(new LosslessNumber('1.50')))).toBe(1.5)
  })
})

describe('lossless JSON', () => {
  test('comes out as it went in, whatever its numbers', () => {
    const value = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        digits,
        fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
        fc.constantFrom('true', 'false', 'null', '"\\\\"', '"\\""', '"1.10"'),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
        // Keys that are integers, and keys that stand twice, change places in an object.
        fc
          .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', '__proto__', '1.10', 'x"y'), tie('value')), {
            selector: ([key]) => key,
          })
          .map((pairs) => `{${pairs.map(([key, one]) => `${JSON.stringify(key)}:${one}`).join(',')}}`),
      ),
    })).value
    fc.assert(
      fc.property(value, (text) => {
        expect(stringifyExactly(parseLossless(text))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('keeps what JavaScript holds exactly as its own numbers', () => {
    expect(parseLossless('[0,1,-5,1.5,9007199254740991,1e+21,0.1]')).toEqual([
      0, 1, -5, 1.5, 9007199254740991, 1e21, 0.1,
    ])
  })

  test('takes __proto__ for data', () => {
    const data = parseLossless('{"__proto__":1.10,"a":{"__proto__":{"b":2.0}}}') as object
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
    expect(Object.keys(data)).toEqual(['__proto__', 'a'])
  })

  test('is refused in the words of JSON.parse', () => {
    for (const text of ['{"a":1.10', '[1.0,]', '01', '1.10 2', '{"a" 1.10}']) {
      const native = (() => {
        try {
          return String(JSON.parse(text))
        } catch (error) {
          return (error as Error).message
        }
      })()
      expect(() => parseLossless(text)).toThrow(native)
    }
  })

  test('may be nested as deeply as Node can parse, and hold strings of megabytes', () => {
    const depth = 200_000
    expect(parseLossless(`${'['.repeat(depth)}1.10${']'.repeat(depth)}`)).toHaveLength(1)
    const long = JSON.stringify('\\"1.10 '.repeat(1_000_000))
    expect(stringifyExactly(parseLossless(`[${long},1.10]`)) === `[${long},1.10]`).toBe(true)
  })
})

describe('a connection with json: lossless', () => {
  const body = '{"id":9007199254740993,"price":1.10,"n":7,"deep":[{"rate":0.30000000000000004441}]}'
  let upstream: Upstream
  beforeAll(async () => (upstream = await startUpstream()))
  afterAll(async () => {
    await closeAll()
    await upstream.close()
  })
  beforeEach(() => {
    upstream.reset()
  })

  const lossless = () => open({ host: upstream.url, urlPath: '/orders/{id}', json: 'lossless' }).conn

  test('gives the digits of the reply, and sends them on in path, query, header and body', async () => {
    upstream.reply({ body })
    const conn = lossless()
    const { data } = await conn.get<{ id: LosslessNumber; price: LosslessNumber; n: number }>(cid, {
      params: { id: 1 },
    })
    expect(data.n).toBe(7)
    expect(String(data.price)).toBe('1.10')
    const { id, price } = data
    await conn.post(cid, data, { params: { id, price }, headers: { 'X-Price': price } })
    const sent = upstream.requests[1]
    expect(sent?.url).toBe('/orders/9007199254740993?price=1.10')
    expect(sent?.headers['x-price']).toBe('1.10')
    expect(sent?.body.toString()).toBe(body)
  })

  test('sends them on in a form', async () => {
    upstream.reply({ body })
    const { data } = await lossless().get<{ id: LosslessNumber }>(cid, { params: { id: 1 } })
    await open({ host: upstream.url, dataFormat: 'form' }).conn.post(cid, { id: data.id })
    expect(upstream.requests[1]?.body.toString()).toBe('id=9007199254740993')
  })

  test('gives them to json(), too; one that says native gives numbers', async () => {
    upstream.reply({ body: '1.10' })
    expect((await lossless().get(cid, { params: { id: 1 } })).json()).toBeInstanceOf(LosslessNumber)
    expect((await open({ host: upstream.url }).conn.get(cid)).data).toBe(1.1)
  })
})
