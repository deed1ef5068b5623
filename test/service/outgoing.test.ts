import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { HttpStatus, Service } from '../../src/index.js'
import type { BasicAuthDefinition, OutgoingDefinition } from '../../src/project/schema.js'
import { outgoingFields } from '../../src/project/schema.js'
import { camelCase } from '../../src/project/fields.js'
import { type RawUpstream, type Upstream, startRawUpstream, startUpstream, unusedPort } from '../helpers/upstream.js'
import { type Running, running } from './running.js'

/** Services that call a real API over a real socket. */

/** A connection with everything that zato.yaml leaves to its defaults. */
function connection(own: Partial<OutgoingDefinition> & Pick<OutgoingDefinition, 'name' | 'host'>): OutgoingDefinition {
  const defaults = Object.entries(outgoingFields)
    .filter(([, field]) => 'default' in field)
    .map(([name, field]) => [camelCase(name), (field as { default: unknown }).default])
  return { ...(Object.fromEntries(defaults) as OutgoingDefinition), ...own }
}

const security: BasicAuthDefinition = {
  name: 'Credentials',
  type: 'basic_auth',
  isActive: true,
  username: 'shop',
  password: 'canary-password',
  realm: 'zato',
}

let act: (service: Service) => unknown = () => undefined
class Acts extends Service {
  handle() {
    return act(this)
  }
}
/** Calls another service, which calls the API. */
class Outer extends Service {
  handle() {
    return this.invoke(Acts)
  }
}

let upstream: Upstream
let broken: RawUpstream
let project: Running
beforeAll(async () => {
  upstream = await startUpstream()
  broken = await startRawUpstream(({ socket }) => socket.end('canary is not HTTP\r\n\r\n'))
  const host = upstream.url
  const refused = `http://127.0.0.1:${await unusedPort()}`
  const outgoingRest = [
    connection({ name: 'Orders API', host, urlPath: '/customers/{customer_id}/orders', security: 'Credentials' }),
    connection({ name: 'Any', host, urlPath: '/any', dataFormat: 'text' }),
    connection({ name: 'Small', host, urlPath: '/canary-path', maxResponseSize: 10 }),
    connection({ name: 'Impatient', host, urlPath: '/canary-path', timeout: 0.05 }),
    connection({ name: 'Refused', host: refused, urlPath: '/canary-path', security: 'Credentials' }),
    connection({ name: 'Unknown host', host: 'http://canary.invalid' }),
    connection({ name: 'Broken', host: broken.url, urlPath: '/canary-path' }),
    connection({ name: 'Inactive', host, isActive: false }),
  ]
  project = running({ Acts, Outer }, { outgoingRest, security: [security] })
})
afterEach(() => {
  upstream.reset()
  project.logs.length = 0
})
afterAll(async () => {
  await project.close()
  await upstream.close()
  await broken.close()
})

const acting = (what: (service: Service) => unknown, request: Parameters<Running['send']>[1] = {}) => {
  act = what
  return project.send('test.acts', request)
}
const conn = (service: Service, name: string) => {
  const item = service.out.rest[name]
  if (!item) throw new Error(`There is no "${name}"`)
  return item.conn
}

test('a service calls an API and hands on its data, with the cid on the way', async () => {
  upstream.reply({ body: '{"orders":[1]}' })
  const reply = await acting(
    async (service) => {
      const params = { ...service.request.http.params, ...service.request.http.query }
      const response = await conn(service, 'Orders API').get(service.cid, { params })
      service.response.payload = response.data
    },
    { cid: 'a'.repeat(32), params: { customer_id: '12345' }, query: { status: 'pending' } },
  )
  expect(reply).toMatchObject({ statusCode: 200, text: '{"orders":[1]}' })
  expect(upstream.requests).toMatchObject([
    { method: 'GET', url: '/customers/12345/orders?status=pending', headers: { 'x-zato-cid': 'a'.repeat(32) } },
  ])
})

test('the trace of the caller goes on', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  await acting((service) => conn(service, 'Any').get(service.cid), { traceparent })
  expect(upstream.requests[0]?.headers.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/)
  expect(upstream.requests[0]?.headers.traceparent).not.toBe(traceparent)
})

test('a nested body and headers go out as they were given', async () => {
  const order = { lines: [{ sku: 'tea', quantity: 2 }], note: null }
  await acting((service) =>
    conn(service, 'Orders API').post(service.cid, order, {
      params: { customer_id: 'a/b' },
      headers: { 'X-Ref': service.cid },
    }),
  )
  expect(upstream.requests).toMatchObject([{ method: 'POST', url: '/customers/a%2Fb/orders' }])
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toEqual(order)
})

describe('a response that is the payload', () => {
  test.each<[string, (service: Service) => unknown]>([
    ['returned', (service) => conn(service, 'Any').get(service.cid)],
    [
      'assigned',
      async (service) => {
        service.response.payload = await conn(service, 'Any').get(service.cid)
      },
    ],
  ])('%s, is passed on with its status, Content-Type and bytes, unparsed', async (_, what) => {
    const body = '{ "big": 9007199254740993,  "big": 1e400 }'
    const headers = { 'content-type': 'application/hal+json; v=1', 'x-own': '1', 'set-cookie': 'a=1' }
    upstream.reply({ status: 207, headers, body })
    const reply = await acting(what)
    expect(reply).toMatchObject({ statusCode: 207, text: body })
    expect(reply.headers).toEqual({ 'content-type': 'application/hal+json; v=1' })
  })

  test('is passed on decoded', async () => {
    upstream.reply({ headers: { 'content-encoding': 'gzip', 'content-type': 'text/csv' }, body: gzipSync('a,b\n1,2') })
    const reply = await acting((service) => conn(service, 'Any').get(service.cid))
    expect(reply).toMatchObject({ text: 'a,b\n1,2', headers: { 'content-type': 'text/csv' } })
    expect(reply.headers).not.toHaveProperty('content-encoding')
  })

  test('of bytes arrives byte for byte', async () => {
    const body = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 7919) % 256))
    upstream.reply({ headers: { 'content-type': 'image/png' }, body })
    const { bytes } = await acting((service) => conn(service, 'Any').get(service.cid))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(createHash('sha256').update(body).digest('hex'))
  })

  test('has the status, type and headers that the service sets over it', async () => {
    upstream.reply({ status: 404, body: '{"error":"x"}' })
    const reply = await acting((service) => {
      service.response.statusCode = HttpStatus.OK
      service.response.contentType = 'text/plain'
      service.response.headers.a = '1'
      return conn(service, 'Any').get(service.cid)
    })
    expect(reply).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/plain', a: '1' },
      text: '{"error":"x"}',
    })
  })

  test.each([204, 304])('with status %d has no body, and that is no reason to warn', async (status) => {
    upstream.reply((_, response) => {
      response.writeHead(status).end()
      return undefined
    })
    const reply = await acting((service) => conn(service, 'Any').get(service.cid))
    expect(reply).toMatchObject({ statusCode: status, text: '' })
    expect(project.logs.filter(({ level }) => level === 'warn')).toEqual([])
  })

  test('of a stream is passed on as a stream', async () => {
    upstream.reply((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      response.end('data: 2\n\n')
      return undefined
    })
    const reply = await acting((service) => conn(service, 'Any').get(service.cid, { stream: true }))
    expect(reply).toMatchObject({ headers: { 'content-type': 'text/event-stream' }, text: 'data: 1\n\ndata: 2\n\n' })
  })
})

test('a response is nothing that an output schema can check: 500, and the log says what to do', async () => {
  class Receipts extends Service.with({ output: z.unknown() }) {
    handle() {
      return this.out.rest.Any?.conn.get(this.cid)
    }
  }
  const outgoingRest = [connection({ name: 'Any', host: upstream.url })]
  const own = running({ Receipts }, { outgoingRest })
  expect((await own.send('test.receipts')).statusCode).toBe(500)
  expect(own.logs.filter(({ level }) => level === 'error')).toMatchObject([
    { fields: { code: 'ZS302', hint: 'give response.data' } },
  ])
  await own.close()
})

describe('the status check', () => {
  const checking = (service: Service) =>
    conn(service, 'Any')
      .get(service.cid)
      .then((response) => {
        if (response.statusCode === HttpStatus.OK) return response.data
        if (response.statusCode !== HttpStatus.NOT_FOUND) throw new Error(`The API answered ${response.statusCode}`)
        service.response.statusCode = HttpStatus.NOT_FOUND
        return { error: 'own words' }
      })

  test.each([
    [200, 200, 'fine'],
    [404, 404, '{"error":"own words"}'],
    [503, 500, ''],
  ])('of %d answers %d', async (status, statusCode, text) => {
    upstream.reply({ status, headers: { 'content-type': 'text/plain' }, body: 'fine' })
    expect(await acting(checking)).toMatchObject({ statusCode, text })
  })
})

describe('a failure that the service lets escape', () => {
  const failures: [title: string, status: number, detail: RegExp, what: (service: Service) => unknown][] = [
    ['a refused connection', 502, /could not be reached/, (service) => conn(service, 'Refused').get(service.cid)],
    ['an unknown host', 502, /could not be reached/, (service) => conn(service, 'Unknown host').get(service.cid)],
    ['no answer in time', 504, /did not answer in time/, (service) => conn(service, 'Impatient').get(service.cid)],
    ['a broken reply', 502, /not usable|could not be reached/, (service) => conn(service, 'Broken').post(service.cid)],
    ['an oversized reply', 502, /not usable/, (service) => conn(service, 'Small').get(service.cid)],
    ['a missing parameter', 500, /^The service failed/, (service) => conn(service, 'Orders API').get(service.cid)],
    [
      'an unknown option',
      500,
      /^The service failed/,
      (service) => conn(service, 'Any').get(service.cid, { retry: 1 } as object),
    ],
    [
      'a circle',
      500,
      /^The service failed/,
      (service) => {
        const circle: Record<string, unknown> = {}
        circle.self = circle
        return conn(service, 'Small').post(service.cid, circle)
      },
    ],
    ['an inactive connection', 500, /^The service failed/, (service) => conn(service, 'Inactive').get(service.cid)],
    ['an unknown connection', 500, /^The service failed/, (service) => conn(service, 'Order API').get(service.cid)],
  ]

  test.each(failures)('%s is %d, and nothing of the API reaches the caller', async (_, statusCode, detail, what) => {
    upstream.reply(async (_, response) => {
      await new Promise((resolve) => response.on('close', resolve).writeHead(200).write('canary '.repeat(10)))
      return undefined
    })
    for (const service of ['test.acts', 'test.outer']) {
      act = what
      project.logs.length = 0
      const outcome = await project.dispatch(service)
      expect(outcome).toMatchObject({ statusCode, headers: {} })
      expect(outcome.problem?.detail).toMatch(detail)
      expect(JSON.stringify(outcome)).not.toMatch(/canary|127\.0\.0\.1|shop/)
      expect(project.logs.filter(({ level }) => level === 'error')).toMatchObject([
        { service, fields: { code: expect.stringMatching(/^ZN/) as string } },
      ])
      expect(JSON.stringify(project.logs)).not.toContain('canary-password')
    }
  })

  test('lists the closest names of connections in the log', async () => {
    await acting((service) => conn(service, 'Order API').get(service.cid))
    expect(JSON.stringify(project.logs)).toContain('Orders API')
  })
})

test('when the caller goes away the call is aborted, and that is no error in the log', async () => {
  const caller = new AbortController()
  const closed = new Promise<void>((resolve) => {
    upstream.reply((_, response) => {
      response.on('close', resolve)
      caller.abort()
      return undefined
    })
  })
  await acting((service) => conn(service, 'Any').get(service.cid), { signal: caller.signal })
  await closed
  expect(project.logs.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
})

test('a stream of an API that breaks off fails the body of the reply, and is logged', { timeout: 5000 }, async () => {
  upstream.reply((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' })
    response.write('first', () => response.destroy())
    return undefined
  })
  await expect(acting((service) => conn(service, 'Any').get(service.cid, { stream: true }))).rejects.toThrow()
  expect(project.logs.filter(({ level }) => level === 'error')).toMatchObject([{ service: 'test.acts' }])
})
