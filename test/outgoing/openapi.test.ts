import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { OutgoingDefinition, SecurityDefinition } from '../../src/project/schema.js'
import { BadCall } from '../../src/outgoing/errors.js'
import type { RestResponse } from '../../src/outgoing/response.js'
import { type Prism, installPrism, publicDescription, startPrism } from '../helpers/prism.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'
import { type Description, type Operation, operationsOf } from './helpers/openapi.js'

/** APIs as their OpenAPI descriptions say: Prism checks each request against them, and answers as they promise. */

installPrism()

let prism: Prism

beforeAll(async () => {
  prism = await startPrism(fileURLToPath(new URL('fixtures/orders.openapi.yaml', import.meta.url)))
}, 60_000)
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

interface PublicApi {
  readonly title: string
  readonly file: string
  /** How many operations it has. */
  readonly count: number
  /** By the names of its security schemes. */
  readonly securities: Readonly<Record<string, SecurityDefinition>>
}

const apis: readonly PublicApi[] = [
  { title: 'ReadMe API', file: '3.1/json/readme.json', count: 54, securities: { bearer: token } },
  { title: 'STAPI', file: '3.0/json/star-trek.json', count: 120, securities: {} },
  {
    title: 'Swagger Petstore',
    file: '3.0/json/petstore.json',
    count: 20,
    securities: { petstore_auth: token, api_key: { ...key, header: 'api_key' } },
  },
]

/** What Prism says of the request; that its own reply fits no pattern is nothing to us. */
function complaintsOf({ headers, data }: RestResponse): unknown[] {
  const { 'sl-violations': told = '[]' } = headers
  const ofRequest = (JSON.parse(String(told)) as { location: string[] }[]).filter(
    ({ location }) => location[0] === 'request',
  )
  const { validation = [] } = (data ?? {}) as { validation?: unknown[] }
  return [...ofRequest, ...validation]
}

/** APIs at large, which others have described: each of their operations is called, and Prism has no complaint. */
describe.each(apis)('Of the $title,', ({ file, count, securities }) => {
  const path = publicDescription(file)
  const operations = operationsOf(JSON.parse(readFileSync(path, 'utf8')) as Description)
  let prism: Prism
  beforeAll(async () => {
    prism = await startPrism(path)
  }, 60_000)
  afterAll(() => prism.close())

  const definitionFor = ({ security }: Operation) => securities[security ?? ''] ?? null

  const connect = ({ path: urlPath, body }: Operation, security: SecurityDefinition | null) => {
    const dataFormat: OutgoingDefinition['dataFormat'] =
      body?.type === 'application/x-www-form-urlencoded' ? 'form' : 'json'
    return open({ host: prism.url, urlPath, dataFormat }, security ? { security } : {}).conn
  }

  async function call(operation: Operation, security: SecurityDefinition | null = definitionFor(operation)) {
    const { method, params, headers, body } = operation
    const conn = connect(operation, security)
    const options = { params: params as Record<string, string>, headers }
    if (body?.type !== 'multipart/form-data') {
      return conn.request(cid, { method, ...options, ...(body && { payload: body.value }) })
    }
    const file = new Blob(['name: Table\n'], { type: 'text/yaml' })
    if (method === 'POST') return conn.upload(cid, file, { ...options, fieldName: 'file' })
    const form = new FormData()
    form.set('file', file)
    const written = new Response(form)
    const payload = await written.arrayBuffer()
    const type = written.headers.get('content-type')
    return conn.request(cid, { method, ...options, headers: { ...headers, 'Content-Type': type }, payload })
  }

  test(`there are ${count} operations`, () => {
    expect(operations).toHaveLength(count)
  })

  test.each(operations)('$method $path', async (operation) => {
    const response = await call(operation)
    const { statusCode, parseError } = response
    expect([statusCode, complaintsOf(response)]).toEqual([expect.toBeOneOf([...operation.statuses]), []])
    expect(parseError).toBeUndefined()
  })

  test('each operation that asks for credentials answers 401 without them', async () => {
    const guarded = operations.filter(({ security }) => security !== undefined)
    const replies = await Promise.all(guarded.map((operation) => call(operation, null)))
    expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set(guarded.length > 0 ? [401] : []))
  })

  test('no operation is called whose path lacks a value', async () => {
    const placed = operations.filter(({ path: template }) => template.includes('{'))
    const errors = await Promise.all(placed.map((operation) => failureOf(call({ ...operation, params: {} }))))
    expect(errors.filter((error) => !(error instanceof BadCall && error.code === 'ZN401'))).toEqual([])
  })
})
