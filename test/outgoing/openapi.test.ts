import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { OutgoingDefinition, SecurityDefinition } from '../../src/project/schema.js'
import { type Prism, startPrism } from '../helpers/prism.js'
import { cid, closeAll, open } from './helpers/open-outgoing.js'

/** An API at large, as its OpenAPI description says: Prism checks each request against it, and answers as it promises. */

let prism: Prism

beforeAll(async () => {
  prism = await startPrism(fileURLToPath(new URL('fixtures/orders.openapi.yaml', import.meta.url)))
}, 300_000)
afterEach(closeAll)
afterAll(() => prism.close())

const basic: SecurityDefinition = {
  name: 'Shop',
  type: 'basic_auth',
  isActive: true,
  username: 'shop',
  password: 'a password',
  realm: '',
}
const key: SecurityDefinition = { name: 'Key', type: 'apikey', isActive: true, header: 'X-API-Key', password: 'a key' }
const token: SecurityDefinition = {
  name: 'Token',
  type: 'bearer_token',
  isActive: true,
  staticToken: 'a token',
  staticHeader: 'Authorization',
  staticPrefix: 'Bearer',
}

const connect = (urlPath: string, security?: SecurityDefinition, definition: Partial<OutgoingDefinition> = {}) =>
  open({ host: prism.url, urlPath, ...definition }, security ? { security } : {}).conn

const orders = (security?: SecurityDefinition) =>
  connect('/customers/{customer_id}/orders', security, { headers: { 'X-Region': 'se' } })

/** What Prism found wrong, each with its place. */
const problemsOf = (data: unknown) =>
  (data as { validation: { location?: string[] }[] }).validation.map(({ location }) => location?.join('.') ?? 'body')

describe('Parameters', () => {
  test('of path, query and header are those of the description, and so is the reply', async () => {
    const Order = z.object({ id: z.number(), item: z.string(), quantity: z.number() })
    const params = { customer_id: 12345, status: 'open', tag: ['new', 'a & b'] }
    const response = await orders(basic).get(cid, { params, schema: z.array(Order) })
    expect(response).toMatchObject({ statusCode: 200, ok: true, headers: { 'x-total': '2' } })
    expect(response.data.map(({ item }) => item)).toEqual(['Chair', 'Bänk'])
  })

  test.each<[string, Record<string, unknown>, Record<string, string>, string]>([
    ['a path parameter of another type', { customer_id: 'abc', status: 'open' }, {}, 'path.customer_id'],
    ['a query parameter that is none of its words', { customer_id: 1, status: 'closed' }, {}, 'query.status'],
    ['a query parameter too often', { customer_id: 1, status: 'open', tag: ['a', 'b', 'c'] }, {}, 'query.tag'],
    ['a header that does not fit', { customer_id: 1, status: 'open' }, { 'X-Region': 'Sweden' }, 'header.x-region'],
  ])('%s is a 422 that names it', async (_, params, headers, place) => {
    const response = await orders(basic).get(cid, { params: params as { customer_id: string }, headers })
    expect(response).toMatchObject({ statusCode: 422, ok: false })
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(problemsOf(response.data).join()).toContain(place)
  })
})

describe('A body', () => {
  test('of JSON is what the description wants', async () => {
    const response = await orders(basic).post(cid, { item: 'Table', quantity: 1 }, { params: { customer_id: 1 } })
    expect(response).toMatchObject({ statusCode: 201, headers: { location: '/orders/3' }, data: { id: 3 } })
  })

  test.each([
    [{ item: 'Table' }, 'body'],
    [{ item: 'Table', quantity: '1' }, 'body.quantity'],
    [{ item: 'Table', quantity: 0 }, 'body.quantity'],
    [{ item: 'Table', quantity: 1, colour: 'red' }, 'body'],
    [undefined, 'body'],
  ])('%j is a 422', async (order, place) => {
    const response = await orders(basic).post(cid, order, { params: { customer_id: 1 } })
    expect(response.statusCode).toBe(422)
    expect(problemsOf(response.data)).toContain(place)
  })

  test('of a form is one, and a 204 is no data', async () => {
    const conn = connect('/orders/{id}', key, { dataFormat: 'form' })
    const response = await conn.put(cid, { item: 'Table & chairs', quantity: 1 }, { params: { id: 'a/b?c' } })
    expect(response).toMatchObject({ statusCode: 204, data: null, text: '' })
    expect((await conn.put(cid, { item: 'Table' }, { params: { id: 'a' } })).statusCode).toBe(422)
  })
})

describe('Credentials', () => {
  const report = (security?: SecurityDefinition) => connect('/report', security, { dataFormat: 'csv' })

  test('of each kind are taken where they belong', async () => {
    expect((await orders(basic).get(cid, { params: { customer_id: 1, status: 'late' } })).statusCode).toBe(200)
    expect((await connect('/orders/{id}', key).delete(cid, { params: { id: '1' } })).statusCode).toBe(204)
    expect((await report(token).get(cid)).data).toBe('id;item\n1;Chair\n')
  })

  test.each<[string, SecurityDefinition | undefined]>([
    ['none', undefined],
    ['of another kind', basic],
    ['a key in place of a token', key],
  ])('are missed where there are %s', async (_, security) => {
    expect(await report(security).get(cid)).toMatchObject({ statusCode: 401, attempts: 1 })
  })
})

test('a reply that the description foresees is one, whatever its status', async () => {
  const response = await connect('/orders/{id}', key).delete(cid, {
    params: { id: '1' },
    headers: { Prefer: 'code=404' },
  })
  expect(response).toMatchObject({ statusCode: 404, data: { error: 'missing' } })
  const busy = open({ host: prism.url, urlPath: '/report', maxRetries: 2, retrySleepTime: 0.01 }, { security: token })
  expect(await busy.conn.get(cid, { headers: { Prefer: 'code=503' } })).toMatchObject({ statusCode: 503, attempts: 3 })
})

test('a path that the description does not know is a 404 that says so', async () => {
  const response = await connect('/nowhere', basic).get(cid)
  expect(response).toMatchObject({ statusCode: 404, data: { title: 'Route not resolved, no path matched' } })
})
