import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { SecurityDefinition } from '../../src/project/schema.js'
import { type RawUpstream, type Upstream, startRawUpstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

/** A canary in the credentials and in what the call itself carries: it reaches the API, and nothing that is told of it. */

const canary = 'canary/P@ss word+é=1?&"'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const spellings = [
  canary,
  encodeURIComponent(canary),
  new URLSearchParams({ x: canary }).toString().slice(2),
  JSON.stringify(canary).slice(1, -1),
  ...['', 'u:', 'us:'].map((before) => base64(before + canary).slice(before === '' ? 0 : 4, -4)),
]

function expectNoCanary(told: unknown): void {
  const text = typeof told === 'string' ? told : inspect(told, { depth: 20, showHidden: true, maxStringLength: null })
  expect(spellings.filter((spelling) => text.includes(spelling))).toEqual([])
}

let upstream: Upstream
let echoing: RawUpstream
beforeEach(async () => {
  upstream = await startUpstream()
  // Throws the credentials back in a reply that is not HTTP.
  echoing = await startRawUpstream(({ socket, text }) => socket.end(text))
})
afterEach(async () => {
  await closeAll()
  await upstream.close()
  await echoing.close()
})

const basic: SecurityDefinition = {
  name: 'Basic',
  type: 'basic_auth',
  isActive: true,
  username: 'u',
  password: canary,
  realm: 'zato',
}

const call = {
  params: { id: canary, token: 'short', q: canary },
  headers: { 'X-Also': encodeURIComponent(canary) },
}

describe('a secret', () => {
  test('reaches the API as it is', async () => {
    const { conn } = open({ host: upstream.url, urlPath: '/x/{id}' }, { security: basic, secrets: [canary] })
    const response = await conn.get(cid, call)
    const [request] = upstream.requests
    expect(request?.headers.authorization).toBe(`Basic ${base64(`u:${canary}`)}`)
    expect(request?.url).toContain(encodeURIComponent(canary))
    expect(response.url).toContain(encodeURIComponent(canary))
  })

  test('is in no event', async () => {
    const { conn, events, log } = open(
      { host: upstream.url, urlPath: '/x/{id}' },
      { security: basic, secrets: [canary] },
    )
    await conn.get(cid, call)
    expect(events[0]?.url).toBe(`${upstream.url}/x/[redacted]?token=[redacted]&q=[redacted]`)
    expectNoCanary([events, log])
  })

  test.each([
    ['the API is not there', () => 'http://127.0.0.1:1'],
    ['there is no such host', () => 'http://no-such-host.invalid'],
    ['the reply is broken, and holds it', () => echoing.url],
    ['no answer comes in time', () => upstream.url],
  ])('is in no error when %s', async (_, host) => {
    upstream.reply(() => new Promise(() => undefined))
    const { conn, events } = open({ host: host(), urlPath: '/x/{id}' }, { security: basic, secrets: [canary] })
    const error = await failureOf(conn.get(cid, { ...call, timeout: 0.1 }))
    expectNoCanary(error)
    expectNoCanary(JSON.stringify(error))
    expectNoCanary(events)
  })

  test.each([
    ['a path', { params: { id: '', q: canary } }],
    ['a query', { params: { id: 1, [canary]: {} } }],
    ['a header', { params: { id: 1 }, headers: { [canary]: 'x' } }],
    ['a header’s value', { params: { id: 1 }, headers: { 'X-A': `${canary}\n` } }],
    ['an option', { params: { id: 1 }, [canary]: 1 }],
  ])('is in no error about %s', async (_, options) => {
    const { conn } = open({ host: upstream.url, urlPath: '/x/{id}' }, { secrets: [canary] })
    expectNoCanary(await failureOf(conn.get(cid, options as never)))
  })

  test('is in no error about the definition that holds it', async () => {
    const security: SecurityDefinition = { ...basic, type: 'apikey', header: 'X-Key', password: `${canary}\n` }
    const { conn } = open({ host: upstream.url }, { security, secrets: [canary] })
    expectNoCanary(await failureOf(conn.get(cid)))
    const inHost = open({ host: `http://u:${encodeURIComponent(canary)}@127.0.0.1:1` }, { secrets: [canary] })
    expectNoCanary(await failureOf(inHost.conn.get(cid)))
  })

  test('is in no path of a reply that does not match its schema', async () => {
    upstream.reply({ body: JSON.stringify({ [canary]: 1 }) })
    const { conn } = open({ host: upstream.url }, { secrets: [canary] })
    const schema = z.object({ [canary]: z.string() })
    const error = await failureOf(conn.get(cid, { schema }))
    expect(error).toMatchObject({ code: 'ZN701', issues: [{ path: '/[redacted]' }] })
    expectNoCanary(error)
    upstream.reply({ body: `{"a": ${canary.repeat(20)}` })
    expectNoCanary(await failureOf(conn.get(cid, { schema })))
  })

  test('of a reply is data: it comes back as it is', async () => {
    upstream.reply({ headers: { 'x-token': encodeURIComponent(canary) }, body: JSON.stringify({ password: canary }) })
    const { conn } = open({ host: upstream.url }, { security: basic, secrets: [canary] })
    const response = await conn.get(cid)
    expect(response.data).toEqual({ password: canary })
    expect(response.headers['x-token']).toBe(encodeURIComponent(canary))
  })
})
