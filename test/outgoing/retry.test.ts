import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CallAborted, ConnectionFailed, TimedOut } from '../../src/outgoing/errors.js'
import type { OutgoingDefinition } from '../../src/project/schema.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

let upstream: Upstream

beforeAll(async () => {
  upstream = await startUpstream()
})
beforeEach(() => {
  upstream.reset()
})
afterEach(closeAll)
afterAll(() => upstream.close())

const quick = { maxRetries: 3, retrySleepTime: 0.01 }
const connect = (definition: Partial<OutgoingDefinition> = {}) => open({ host: upstream.url, ...quick, ...definition })

/** Answers these statuses in turn, and 200 from then on. */
function answer(...statuses: readonly number[]): void {
  const left = [...statuses]
  upstream.reply(() => ({ status: left.shift() ?? 200, body: '{"done":true}' }))
}

test.each([429, 502, 503, 504])('a %i is tried again, and the good reply is the response', async (status) => {
  answer(status, status)
  const { conn, events, log } = connect()
  const response = await conn.get(cid)
  expect(response).toMatchObject({ statusCode: 200, attempts: 3, data: { done: true } })
  expect(upstream.requests).toHaveLength(3)
  expect(events.map(({ attempts }) => attempts)).toEqual([3])
  expect(log.map(({ message }) => message.replace(/\d+ ms/, 'N ms'))).toEqual([
    `"Orders API" answered ${status}: attempt 2 of 4 in N ms`,
    `"Orders API" answered ${status}: attempt 3 of 4 in N ms`,
  ])
})

test.each([200, 302, 400, 401, 404, 500, 501])('a %i is the response at once', async (status) => {
  answer(status)
  expect(await connect().conn.get(cid)).toMatchObject({ statusCode: status, attempts: 1 })
})

test('when retries are used up, the last response is returned and not thrown', async () => {
  answer(503, 503, 503, 503, 503)
  expect(await connect().conn.get(cid)).toMatchObject({ statusCode: 503, attempts: 4 })
  expect(upstream.requests).toHaveLength(4)
})

test('they are off by default', async () => {
  answer(503)
  expect(await open({ host: upstream.url }).conn.get(cid)).toMatchObject({ statusCode: 503, attempts: 1 })
})

test.each(['POST', 'PATCH', 'PROPFIND'])('a %s is never sent twice by max_retries', async (method) => {
  answer(503)
  expect(await connect().conn.request(cid, { method })).toMatchObject({ statusCode: 503, attempts: 1 })
  expect(upstream.requests).toHaveLength(1)
})

test('a POST that asks for it is tried again under one Idempotency-Key', async () => {
  answer(503, 503)
  const { conn } = connect({ maxRetries: 0 })
  expect(await conn.post(cid, { id: 1 }, { retries: 2 })).toMatchObject({ statusCode: 200, attempts: 3 })
  const keys = upstream.requests.map(({ headers }) => headers['idempotency-key'])
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(keys).size).toBe(1)
  expect(upstream.requests.map(({ body }) => body.toString())).toEqual(['{"id":1}', '{"id":1}', '{"id":1}'])
  await conn.post(cid, { id: 2 }, { retries: 2 })
  expect(upstream.requests.at(-1)?.headers['idempotency-key']).not.toBe(keys[0])
})

test('an Idempotency-Key of the call or of the connection is left as it is', async () => {
  await connect().conn.post(cid, {}, { retries: 1, headers: { 'idempotency-key': 'mine' } })
  await connect({ headers: { 'Idempotency-Key': 'ours' } }).conn.post(cid, {}, { retries: 1 })
  expect(upstream.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['mine', 'ours'])
})

test('a call that may be repeated anyway, or is not to be, carries no Idempotency-Key', async () => {
  const { conn } = connect()
  await conn.get(cid, { retries: 2 })
  await conn.post(cid, {})
  await conn.post(cid, {}, { retries: 0 })
  expect(upstream.requests.every(({ headers }) => headers['idempotency-key'] === undefined)).toBe(true)
})

test('retries: 0 of a call turns those of the connection off', async () => {
  answer(503)
  expect(await connect().conn.get(cid, { retries: 0 })).toMatchObject({ statusCode: 503, attempts: 1 })
})

test('a payload that is a stream cannot be sent again', async () => {
  answer(503)
  const payload = new Blob(['once']).stream()
  expect(await connect().conn.put(cid, payload)).toMatchObject({ statusCode: 503, attempts: 1 })
})

test('a streamed reply is tried again too, and what was discarded holds no socket', async () => {
  answer(503, 503)
  const { conn } = connect({ poolSize: 1 })
  const response = await conn.get(cid, { stream: true })
  expect(response).toMatchObject({ statusCode: 200, attempts: 3 })
  expect(await new Response(response.body).text()).toBe('{"done":true}')
})

describe('Retry-After', () => {
  test('is kept', async () => {
    let first = 0
    upstream.reply(() => {
      if (first === 0) {
        first = performance.now()
        return { status: 429, headers: { 'retry-after': '1' } }
      }
      return { body: JSON.stringify(performance.now() - first) }
    })
    const { data } = await connect().conn.get<number>(cid)
    expect(data).toBeGreaterThan(990)
  })

  test('that is longer than there is time for ends the call at once', async () => {
    upstream.reply({ status: 503, headers: { 'retry-after': '61' } })
    const response = await connect().conn.get(cid)
    expect(response).toMatchObject({ statusCode: 503, attempts: 1 })
    expect(response.elapsedMs).toBeLessThan(1000)
  })
})

test('a refused connection is tried again, and fails as such in the end', async () => {
  const gone = await startUpstream()
  await gone.close()
  const { conn } = connect({ host: gone.url })
  const error = await failureOf<ConnectionFailed>(conn.get(cid))
  expect(error).toBeInstanceOf(ConnectionFailed)
  expect(error).toMatchObject({ code: 'ZN102', attempt: 4 })
})

test('each attempt has the whole timeout to itself', async () => {
  upstream.reply(() => undefined)
  const { conn } = connect({ timeout: 0.15, maxRetries: 2 })
  const error = await failureOf<TimedOut>(conn.get(cid))
  expect(error).toBeInstanceOf(TimedOut)
  expect(error.attempt).toBe(3)
  expect(error.elapsedMs).toBeGreaterThan(440)
})

test('a reply that breaks off is tried again', async () => {
  let times = 0
  upstream.reply((_, response) => {
    times += 1
    if (times === 3) return { body: '{"done":true}' }
    response.writeHead(200, { 'content-length': '100' })
    response.write('{"do', () => response.destroy())
    return undefined
  })
  expect(await connect().conn.get(cid)).toMatchObject({ statusCode: 200, attempts: 3 })
})

test('an abort ends the pause at once', async () => {
  upstream.reply({ status: 503, headers: { 'retry-after': '30' } })
  const controller = new AbortController()
  const { conn } = connect()
  const call = conn.get(cid, { signal: controller.signal })
  await expect.poll(() => upstream.requests.length).toBe(1)
  controller.abort(new Error('Enough'))
  const error = await failureOf<CallAborted>(call)
  expect(error).toBeInstanceOf(CallAborted)
  expect(error.cause).toMatchObject({ message: 'Enough' })
  expect(upstream.requests).toHaveLength(1)
})

test.each([-1, 1.5, 101, '3', true])('retries: %j is refused', async (retries) => {
  const error = await failureOf(connect().conn.get(cid, { retries } as object))
  expect(error).toMatchObject({ code: 'ZN403', hint: 'give a whole number from 0 to 100' })
})
