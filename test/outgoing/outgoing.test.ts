import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLogger } from '../../src/log.js'
import { BadCall, NotConfigured, type OutgoingError } from '../../src/outgoing/errors.js'
import type { CallOptions } from '../../src/outgoing/call-types.js'
import type { RestItem } from '../../src/outgoing/names.js'
import { Outgoing } from '../../src/outgoing/outgoing.js'
import type { OutgoingDefinition, SecurityDefinition } from '../../src/project/schema.js'
import { createRedactor } from '../../src/redact.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, define, failureOf, open } from './helpers/open-outgoing.js'

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

function outgoingOf(...names: string[]): Outgoing {
  return new Outgoing({
    project: { outgoingRest: names.map((name) => define({ name, host: upstream.url })), security: [] },
    redactor: createRedactor([]),
    log: createLogger(() => undefined),
  })
}

/** Typed as it is without zato-env.d.ts. */
const restOf = (...names: string[]) => outgoingOf(...names).bind({}) as unknown as Readonly<Record<string, RestItem>>

function thrownBy(run: () => unknown): OutgoingError {
  try {
    run()
  } catch (error) {
    return error as OutgoingError
  }
  throw new Error('It did not throw')
}

describe('this.out.rest', () => {
  test('has the connections by their names', async () => {
    const rest = restOf('Orders API', 'then', 'constructor')
    expect((await rest['Orders API']?.conn.get(cid))?.statusCode).toBe(200)
    expect(rest['Orders API']?.conn.name).toBe('Orders API')
    expect(rest.then?.conn.name).toBe('then')
    expect(rest['constructor']?.conn.name).toBe('constructor')
  })

  test('takes a name with blanks around it', () => {
    expect(restOf('Orders API')[' Orders API\n']?.conn.name).toBe('Orders API')
  })

  test('behaves like an object of them', async () => {
    const rest = restOf('A', 'B')
    expect(Object.keys(rest)).toEqual(['A', 'B'])
    expect(Object.entries(rest).map(([name, { conn }]) => [name, conn.name])).toEqual([
      ['A', 'A'],
      ['B', 'B'],
    ])
    expect(['A' in rest, 'C' in rest, 'toString' in rest]).toEqual([true, false, false])
    expect(Object.hasOwn(rest, 'A')).toBe(true)
    expect(await Promise.resolve(rest)).toBe(rest)
    expect(JSON.stringify(rest)).toContain('"A"')
    const writable = rest as Record<string, unknown>
    expect(() => {
      writable.A = 1
    }).toThrow(TypeError)
    expect(() => delete writable.A).toThrow(TypeError)
  })

  test.each([
    ['Order API', 'did you mean "Orders API"?'],
    ['orders api', 'did you mean "Orders API"?'],
    ['Quite different', 'there are "Orders API", "Billing"'],
    ['__proto__', 'there are "Orders API", "Billing"'],
  ])('has no "%s", and throws what is close', (name, hint) => {
    const error = thrownBy(() => restOf('Orders API', 'Billing')[name])
    expect(error).toBeInstanceOf(NotConfigured)
    expect(error).toMatchObject({ code: 'ZN503', status: 500, exitCode: 2, connection: name, hint })
    expect(error.message).toBe(`There is no outgoing connection "${name}"`)
  })

  test('of a project without connections says where they go', () => {
    expect(thrownBy(() => restOf()['Orders API']).hint).toContain('outgoing_rest in zato.yaml')
  })
})

describe('a connection that cannot be used', () => {
  const key: SecurityDefinition = { name: 'Key', type: 'apikey', isActive: true, header: 'X-API-Key', password: 'x' }
  const missing = { code: 'missing-variable', reason: 'ORDERS_KEY is not set' } as const
  const unserved = { code: 'unserved', reason: 'max_retries is not served yet' } as const

  test.each<[string, Partial<OutgoingDefinition>, SecurityDefinition | undefined, string, string]>([
    ['is inactive', { isActive: false }, undefined, 'ZN501', 'is inactive'],
    ['is inactive above all', { isActive: false, refusal: missing }, undefined, 'ZN501', 'is inactive'],
    ['lacks a variable', { refusal: missing }, undefined, 'ZN502', 'ORDERS_KEY is not set'],
    ['asks for what is not served', { refusal: unserved }, undefined, 'ZN504', 'max_retries is not served yet'],
    ['has credentials that lack a variable', {}, { ...key, refusal: missing }, 'ZN502', 'ORDERS_KEY is not set'],
    ['has empty credentials', {}, { ...key, password: '' }, 'ZN504', '"Key" are empty'],
    ['has inactive credentials', {}, { ...key, isActive: false }, 'ZN504', '"Key" is inactive'],
    ['has credentials that do not exist', { security: 'Lost' }, undefined, 'ZN504', 'no security definition "Lost"'],
    ['has a host that is none', { host: 'nonsense' }, undefined, 'ZN504', 'its host is not an address'],
    ['has a path that leads elsewhere', { urlPath: '/a/../b' }, undefined, 'ZN504', '".."'],
  ])('because it %s, refuses each call', async (_, definition, security, code, message) => {
    const { conn, outgoing, events } = open({ host: upstream.url, ...definition }, { ...(security && { security }) })
    for (const call of [conn.get(cid), conn.post(cid, {}), conn.ping(cid)]) {
      const error = await failureOf<OutgoingError>(call)
      expect(error).toBeInstanceOf(NotConfigured)
      expect(error).toMatchObject({ code, status: 500, exitCode: 2, cid, attempt: 0 })
      expect(error.message).toContain(message)
    }
    expect(thrownBy(() => outgoing.prepare('Orders API', { cid, method: 'GET' }))).toBeInstanceOf(NotConfigured)
    expect([upstream.requests, events]).toEqual([[], []])
  })
})

test('what refuses says what to do about it, if more is known than that', async () => {
  const hintOf = async (definition: Partial<OutgoingDefinition>, options?: CallOptions) => {
    const security: SecurityDefinition = { name: 'Key', type: 'apikey', isActive: true, header: 'K', password: 'x' }
    const { conn } = open({ host: upstream.url, ...definition }, { security })
    return (await failureOf<OutgoingError>(conn.get(cid, options))).hint
  }
  const advice = 'ask the API for basic_auth over TLS'
  const unserved = { code: 'unserved', reason: 'The security type "ntlm" is not served yet' } as const
  expect(await hintOf({ refusal: { ...unserved, advice } })).toBe(advice)
  expect(await hintOf({ refusal: { code: 'inactive-security', reason: 'inactive' } })).toContain('is_active: true')
  expect(await hintOf({}, { security: 'key' })).toBe('did you mean "Key"?')
  expect(await hintOf({}, { security: 'Quite different' })).toContain('one that zato.yaml defines')
})

describe('prepare', () => {
  test('gives exactly what would be sent, and sends nothing', async () => {
    const security: SecurityDefinition = {
      name: 'Key',
      type: 'apikey',
      isActive: true,
      header: 'X-API-Key',
      password: 'key-1',
    }
    const { outgoing, conn } = open(
      { host: upstream.url, urlPath: '/customers/{id}', headers: { 'X-Conn': '1' } },
      { security },
    )
    const call = {
      method: 'post',
      payload: { a: 'é' },
      params: { id: 'a/b', q: ['1', '2'] },
      headers: { 'X-Call': '2' },
    }
    const prepared = outgoing.prepare('Orders API', { cid, ...call })
    expect(upstream.requests).toEqual([])
    await conn.request(cid, call)
    const [sent] = upstream.requests
    expect(`${upstream.url}${sent?.url}`).toBe(prepared.url)
    expect(sent?.method).toBe(prepared.method)
    expect(sent?.body).toEqual(prepared.body)
    const { host, connection, 'content-length': length, traceparent, ...headers } = sent?.headers ?? {}
    expect([host, connection, length]).toEqual([`127.0.0.1:${upstream.port}`, 'keep-alive', '10'])
    const lower = Object.fromEntries(
      Object.entries(prepared.headers).map(([name, value]) => [name.toLowerCase(), value]),
    )
    expect(lower.traceparent?.replace(/-[0-9a-f]{16}-/, '')).toBe(String(traceparent).replace(/-[0-9a-f]{16}-/, ''))
    delete lower.traceparent
    expect(lower).toEqual(headers)
  })

  test('has no body where there is none', () => {
    const { outgoing } = open({ host: upstream.url })
    expect(outgoing.prepare('Orders API', { cid, method: 'GET' })).toMatchObject({
      body: undefined,
      url: `${upstream.url}/`,
    })
  })

  test('refuses what a call would refuse, and a stream, which it cannot show', () => {
    const { outgoing } = open({ host: upstream.url, urlPath: '/{id}' })
    expect(thrownBy(() => outgoing.prepare('Orders API', { cid, method: 'GET' }))).toMatchObject({ code: 'ZN401' })
    const payload = new ReadableStream()
    const error = thrownBy(() => outgoing.prepare('Orders API', { cid, method: 'PUT', payload, params: { id: 1 } }))
    expect(error).toBeInstanceOf(BadCall)
    expect(thrownBy(() => outgoing.prepare('Lost', { cid, method: 'GET' }))).toMatchObject({ code: 'ZN503' })
  })
})

describe('ping', () => {
  test.each<[string, Partial<OutgoingDefinition>, string, string]>([
    ['url_path', { urlPath: '/orders' }, 'HEAD', '/orders'],
    ['url_path', {}, 'HEAD', '/'],
    ['url_path', { urlPath: '/orders', pingMethod: 'GET' }, 'GET', '/orders'],
    ['ping_path', { urlPath: '/orders', pingPath: '/health' }, 'HEAD', '/health'],
    ['ping_path', { pingPath: '/health/{region}', samples: { region: 'eu', other: 'x' } }, 'HEAD', '/health/eu'],
    ['samples', { urlPath: '/c/{id}/o', samples: { id: 'a/b', other: 'x' } }, 'HEAD', '/c/a%2Fb/o'],
    ['host root', { urlPath: '/c/{id}/o', samples: { other: 'x' } }, 'HEAD', '/'],
    ['host root', { urlPath: '/c/{id}/o', pingMethod: 'OPTIONS' }, 'OPTIONS', '/'],
  ])('goes to %s of %o', async (target, definition, method, url) => {
    const { conn } = open({ host: upstream.url, ...definition })
    const ping = await conn.ping(cid)
    expect([ping.target, ping.response.statusCode]).toEqual([target, 200])
    expect(upstream.requests.map((request) => [request.method, request.url])).toEqual([[method, url]])
  })

  test('is good whatever the status, and fails where a call would', async () => {
    upstream.reply({ status: 500 })
    const { conn } = open({ host: upstream.url })
    expect((await conn.ping(cid)).response.statusCode).toBe(500)
    upstream.reply(() => new Promise(() => undefined))
    expect(await failureOf(conn.ping(cid, { timeout: 0.05 }))).toMatchObject({ code: 'ZN201' })
  })
})
