import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BadReply } from '../../src/outgoing/errors.js'
import { BadCall } from '../../src/outgoing/errors.js'
import { renderEnvTypes } from '../../src/project/env-types.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

let upstream: Upstream
beforeAll(async () => (upstream = await startUpstream()))
afterEach(async () => {
  await closeAll()
  upstream.reset()
})
afterAll(() => upstream.close())

const text = (key: string, value: string) => ({ key, value, mode: 'text' as const })
const jsonata = (key: string, value: string) => ({ key, value, mode: 'jsonata' as const })

const declared = (more: Parameters<typeof open>[0] extends infer D ? Partial<D> : never = {}) =>
  open({
    host: upstream.url,
    urlPath: '/customers/{customer_id}/orders',
    requestMethod: 'PUT',
    requestPathParams: [text('customer_id', '12345')],
    requestQueryString: [text('status', 'open'), text('status', 'late'), jsonata('count', '$count(items)')],
    requestHeaders: [text('X-Tenant', 'shop'), jsonata('X-Absent', 'nothing.here')],
    requestData: '{"quantity": quantity ? quantity : 1}',
    requestDataMode: 'jsonata',
    ...more,
  }).conn

describe('a declared call', () => {
  test('needs no argument', async () => {
    await declared().invoke(cid)
    const [request] = upstream.requests
    expect(request).toMatchObject({
      method: 'PUT',
      url: '/customers/12345/orders?status=open&status=late&count=0',
      headers: { 'x-tenant': 'shop' },
    })
    expect(request?.headers).not.toHaveProperty('x-absent')
    expect(request?.body.toString()).toBe('{"quantity":1}')
  })

  test('is won over by what is given', async () => {
    await declared().invoke(cid, {
      method: 'post',
      payload: { quantity: 3, items: [1, 2] },
      params: { customer_id: 'a/b', status: undefined },
      headers: { 'x-tenant': 'other' },
    })
    const [request] = upstream.requests
    expect(request).toMatchObject({
      method: 'POST',
      url: '/customers/a%2Fb/orders?count=2',
      headers: { 'x-tenant': 'other' },
    })
    expect(request?.body.toString()).toBe('{"quantity":3}')
  })

  test('has a body of text only where none is given, and none with another method that has none', async () => {
    const conn = declared({ requestData: '{"a":1}', requestDataMode: 'text' })
    await conn.invoke(cid)
    await conn.invoke(cid, { payload: { b: 2 } })
    await conn.invoke(cid, { method: 'GET' })
    expect(upstream.requests.map(({ body }) => body.toString())).toEqual(['{"a":1}', '{"b":2}', ''])
  })

  test('with nothing declared is a GET, or with a payload a POST', async () => {
    const { conn } = open({ host: upstream.url })
    await conn.invoke(cid)
    await conn.invoke(cid, { payload: {} })
    expect(upstream.requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  test('gives its path, query and headers to every other call', async () => {
    const conn = declared()
    await conn.get(cid)
    await conn.post(cid, { items: [1] }, { headers: { 'X-TENANT': 'mine' } })
    expect(upstream.requests.map(({ url, headers }) => [url, headers['x-tenant']])).toEqual([
      ['/customers/12345/orders?status=open&status=late&count=0', 'shop'],
      ['/customers/12345/orders?status=open&status=late&count=1', 'mine'],
    ])
  })

  test('has its reply reshaped, if that is a good one', async () => {
    upstream.reply(() => ({ body: '{"orders":[{"id":1,"n":2},{"id":2,"n":3}]}' }))
    const conn = declared({ responseMap: 'orders.{"id": id}' })
    const response = await conn.invoke(cid)
    expect(response.data).toEqual([{ id: 1 }, { id: 2 }])
    expect(response.text).toContain('"n":2')
    expect((await conn.get(cid)).data).toHaveProperty('orders')
    upstream.reply({ status: 404, body: '{"error":"gone"}' })
    expect((await conn.invoke(cid)).data).toEqual({ error: 'gone' })
    upstream.reply({ body: '<html>' })
    expect(await conn.invoke(cid)).toMatchObject({ data: '<html>', isReshaped: true })
  })

  test('that fails names connection, field and place, and nothing of the data', async () => {
    const call = await failureOf<BadCall>(
      declared({ requestData: '1 + $uppercase(secret)' }).invoke(cid, { payload: { secret: 'hunter2' } }),
    )
    expect(call).toBeInstanceOf(BadCall)
    expect(call).toMatchObject({
      code: 'ZN405',
      message: expect.stringMatching(/"Orders API".*request_data.*at character \d+/) as string,
    })
    expect(upstream.requests).toEqual([])
    upstream.reply({ body: '{"a":"hunter2"}' })
    const map = await failureOf<BadReply>(declared({ responseMap: 'a + 1' }).invoke(cid))
    expect(map).toMatchObject({ code: 'ZN304', status: 502 })
    expect(`${call.message} ${map.message}`).not.toContain('hunter2')
  })

  test('that never ends is given up, and keeps nobody waiting meanwhile', async () => {
    let turns = 0
    const timer = setInterval(() => (turns += 1), 20)
    const backtracking = declared({ responseMap: `$match('${'a'.repeat(40)}b', /^(a+)+$/)` }).invoke(cid)
    expect(await failureOf(backtracking)).toMatchObject({
      message: expect.stringContaining('longer than a second') as string,
    })
    const endless = declared({ responseMap: '($f := function($x) { $f($x + 1) }; $f(1))' }).invoke(cid)
    expect(await failureOf(endless)).toMatchObject({ message: expect.stringContaining('longer than 2 s') as string })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(10)
  })

  test('does not ask its caller for what it declares', () => {
    const types = renderEnvTypes([{ name: 'A', urlPath: '/{a}/{b}', requestPathParams: [text('a', '1')] }])
    expect(types).toContain("'A': 'b'")
  })
})
