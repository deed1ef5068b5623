import { afterAll, describe, expect, test } from 'vitest'
import { BadCall, type OutgoingError } from '../../src/outgoing/errors.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

/** What a call is told that was written as another client, or another language, would have it. Nothing is ever sent. */

afterAll(closeAll)
const { conn } = open({ host: 'http://127.0.0.1:1', urlPath: '/customers/{customer_id}' })
const params = { customer_id: '1' }
const loose = conn as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>

async function refused(verb: string, ...args: unknown[]): Promise<OutgoingError> {
  const error = await failureOf<OutgoingError>(loose[verb]?.(...args) ?? Promise.resolve())
  expect(error).toBeInstanceOf(BadCall)
  expect(error).toMatchObject({ code: 'ZN403', connection: 'Orders API' })
  expect(error.message).toMatch(/^Cannot call "Orders API": /)
  return error
}

describe('an unknown option', () => {
  test.each([
    ['customer_id', 'did you mean { params: { customer_id } }?'],
    ['customer-id', 'did you mean { params: { "customer-id" } }?'],
    ['status', 'did you mean { params: { status } }?'],
    ['X-Request-Source', "did you mean { headers: { 'X-Request-Source': … } }?"],
    ['Authorization', "did you mean { headers: { 'Authorization': … } }?"],
    ['header', 'did you mean "headers"?'],
    ['timeuot', 'did you mean "timeout"?'],
    ['data', 'second argument'],
    ['json', 'second argument'],
    ['body', 'second argument'],
    ['searchParams', 'params'],
    ['query', 'params'],
    ['baseURL', 'zato.yaml'],
    ['validateStatus', 'response.ok'],
    ['auth', 'security definition'],
    ['maxRedirects', 'never followed'],
    ['responseType', 'response.data'],
    ['retry', 'did you mean retries?'],
    ['proxy', 'belong to the connection'],
    ['method', 'conn.request'],
    ['cid', 'first argument'],
    ['payload', "conn.request(this.cid, { method: 'GET', payload })"],
    ['__proto__', 'params'],
    ['toString', 'params'],
  ])('"%s" is told where it belongs', async (key, hint) => {
    const error = await refused(
      'get',
      cid,
      Object.fromEntries([
        ['params', params],
        [key, 1],
      ]),
    )
    expect(error.message).toContain(`there is no option "${key}"`)
    expect(error.hint).toContain(hint)
  })

  test('of post is told that the payload comes first', async () => {
    expect((await refused('post', cid, {}, { params, payload: {} })).hint).toContain(
      'conn.post(this.cid, payload, options)',
    )
  })
})

describe('an option of the wrong kind', () => {
  test.each([
    ['timeout', 0, 'seconds'],
    ['timeout', -1, 'seconds'],
    ['timeout', Number.NaN, 'seconds'],
    ['timeout', '30', 'seconds'],
    ['timeout', null, 'seconds'],
    ['timeout', 30_000, 'milliseconds? Then write timeout: 30'],
    ['timeout', Number.POSITIVE_INFINITY, 'seconds'],
    ['signal', {}, 'AbortController'],
    ['signal', new AbortController(), 'controller.signal'],
    ['schema', {}, 'Standard Schema'],
    ['schema', 'zod', 'Standard Schema'],
    ['schema', null, 'Standard Schema'],
    ['stream', 'yes', 'true or false'],
    ['params', null, 'customer_id'],
    ['params', [1], 'customer_id'],
  ])('%s: %o is refused with a hint', async (key, value, hint) => {
    expect((await refused('get', cid, { params, [key]: value })).hint).toContain(hint)
  })

  test('a schema for a stream is refused', async () => {
    const schema = { '~standard': {} }
    expect((await refused('get', cid, { params, stream: true, schema })).message).toContain('cannot check a stream')
  })
})

describe('arguments in the wrong place', () => {
  test.each([
    ['get', [{ params }], 'conn.get(this.cid, options)'],
    ['get', [undefined, { params }], 'conn.get(this.cid, options)'],
    ['get', ['', { params }], 'conn.get(this.cid, options)'],
    ['post', [{ a: 1 }, { params }], 'conn.post(this.cid, payload, options)'],
    ['delete', [{ params }], 'conn.delete(this.cid, options)'],
    ['request', [{ method: 'GET', params }], 'conn.request(this.cid, options)'],
    ['get', ['line\nbreak', { params }], 'this.cid'],
    ['get', ['☃', { params }], 'this.cid'],
  ])('%s(%o) is told that the cid comes first', async (verb, args, hint) => {
    expect((await refused(verb, ...args)).hint).toContain(hint)
  })

  test.each([[null], ['x'], [[]], [new Map()], [42]])('options cannot be %o', async (options) => {
    expect((await refused('get', cid, options)).message).toContain('the options are')
  })

  test.each([
    [undefined, 'no method'],
    [{ params }, '"method" is undefined'],
    [{ params, method: 7 }, '"method" is a number'],
    [{ params, method: '' }, '"method" is empty'],
  ])('request needs a method: %o', async (options, message) => {
    expect((await refused('request', cid, options)).message).toContain(message)
  })

  test('a HEAD has no body', async () => {
    const error = await failureOf(conn.request(cid, { method: 'head', payload: {}, params }))
    expect(error).toMatchObject({ code: 'ZN402' })
  })
})
