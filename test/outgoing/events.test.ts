import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

let upstream: Upstream
beforeEach(async () => {
  upstream = await startUpstream()
})
afterEach(async () => {
  await closeAll()
  await upstream.close()
})

const sumOf = (phases: Readonly<Partial<Record<string, number>>>) =>
  Object.values(phases).reduce((sum: number, ms) => sum + (ms ?? 0), 0)

test('each call that is sent gives one event, with what came of it', async () => {
  upstream.reply({ status: 404, body: '{"gone":true}' })
  const { conn, events } = open({ host: upstream.url, urlPath: '/orders/{id}' })
  const before = Date.now()
  const response = await conn.get(cid, { params: { id: 7, q: 'x' } })
  expect(events).toEqual([
    {
      type: 'call',
      cid,
      connection: 'Orders API',
      method: 'GET',
      url: `${upstream.url}/orders/7?q=x`,
      startedAt: expect.any(Number) as number,
      elapsedMs: expect.any(Number) as number,
      attempts: 1,
      statusCode: 404,
      size: 13,
      phases: expect.any(Object) as object,
    },
  ])
  expect(events[0]?.startedAt).toBeGreaterThanOrEqual(before - 1)
  expect(events[0]?.startedAt).toBeLessThanOrEqual(Date.now())
  expect(events[0]?.elapsedMs).toBe(response.elapsedMs)
})

test('where only failures are told of, a call that succeeds gives none', async () => {
  const { conn, events } = open({ host: upstream.url }, { onlyFailedCalls: true })
  await conn.get(cid)
  upstream.reply({ status: 503 })
  await conn.get(cid)
  upstream.reply((_, response) => void response.destroy())
  await failureOf(conn.post(cid))
  expect(events.map(({ statusCode, error }) => statusCode ?? error?.code)).toEqual([503, 'ZN301'])
})

test('its phases are those that happened, and add up to the whole', async () => {
  upstream.reply(async (_, response) => {
    await new Promise((resolve) => setTimeout(resolve, 40))
    response.writeHead(200)
    response.write('x')
    await new Promise((resolve) => setTimeout(resolve, 40))
    response.end()
    return undefined
  })
  const { conn, events } = open({ host: upstream.url })
  await conn.get(cid)
  await conn.get(cid)
  const [first, second] = events
  expect(Object.keys(first?.phases ?? {}).sort()).toEqual(['connect', 'queued', 'receive', 'send', 'wait'])
  expect(Object.keys(second?.phases ?? {}).sort()).toEqual(['queued', 'receive', 'send', 'wait'])
  for (const event of events) {
    expect(event.phases.wait).toBeGreaterThan(35)
    expect(Math.abs(sumOf(event.phases) - event.elapsedMs)).toBeLessThan(1)
  }
})

test('a name that has to be found takes time in dns', async () => {
  const { conn, events } = open({ host: `http://localhost:${upstream.port}` })
  await conn.get(cid)
  expect(events[0]?.phases.dns).toBeGreaterThan(0)
  expect(events[0]?.phases).not.toHaveProperty('tls')
})

test('a call that waits for a socket spends that time queued', async () => {
  upstream.reply(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return {}
  })
  const { conn, events } = open({ host: upstream.url, poolSize: 1 })
  await Promise.all([conn.get(cid), conn.get(cid)])
  expect(events[1]?.phases.queued).toBeGreaterThan(40)
})

test('a failed call says how far it came', async () => {
  upstream.reply(() => new Promise(() => undefined))
  const { conn, events } = open({ host: upstream.url })
  const error = await failureOf(conn.get(cid, { timeout: 0.4 }))
  expect(events).toMatchObject([{ error: { code: 'ZN201', message: error.message, phase: 'headers' } }])
  expect(events[0]?.statusCode).toBeUndefined()
  expect(Object.keys(events[0]?.phases ?? {})).toEqual(['connect', 'queued', 'send', 'wait'])
  expect(events[0]?.phases.wait).toBeGreaterThan(30)
})

test('the size is that of the decoded body', async () => {
  const { gzipSync } = await import('node:zlib')
  upstream.reply({ headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(1000)) })
  const { conn, events } = open({ host: upstream.url })
  await conn.get(cid)
  expect(events[0]?.size).toBe(1000)
})
