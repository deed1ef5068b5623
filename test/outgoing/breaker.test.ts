import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ConnectionFailed } from '../../src/outgoing/errors.js'
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

const connect = (definition: Partial<OutgoingDefinition> = {}) =>
  open({ host: upstream.url, circuitBreaker: { failures: 3, cooldown: 60 }, ...definition })

const fail = () => {
  upstream.reply({ status: 500 })
}

test('opens after so many failures in a row, and then sends nothing', async () => {
  fail()
  const { conn, log } = connect()
  for (let time = 0; time < 3; time++) expect(await conn.post(cid, {})).toMatchObject({ statusCode: 500 })
  const error = await failureOf<ConnectionFailed>(conn.get(cid))
  expect(error).toBeInstanceOf(ConnectionFailed)
  expect(error).toMatchObject({ code: 'ZN106', status: 502, exitCode: 6 })
  expect(error.message).toContain('was not sent, because the API has failed 3 times in a row')
  expect(upstream.requests).toHaveLength(3)
  expect(log.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn "Orders API" failed 3 times in a row: no call is sent for 60 s',
  ])
})

test('a good reply in between starts the count anew; a 4xx is one', async () => {
  const { conn } = connect()
  for (const status of [500, 503, 404, 500, 500, 200, 502, 500]) {
    upstream.reply({ status })
    expect(await conn.get(cid)).toMatchObject({ statusCode: status })
  }
  expect(upstream.requests).toHaveLength(8)
})

test('failures to connect and timeouts count, aborted calls do not', async () => {
  upstream.reply(() => undefined)
  const { conn } = connect({ timeout: 0.05 })
  for (let time = 0; time < 5; time++) {
    const call = conn.get(cid, { signal: AbortSignal.timeout(5) })
    expect(await failureOf(call)).toMatchObject({ code: 'ZN601' })
  }
  for (let time = 0; time < 3; time++) expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN201' })
  expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN106' })
})

test('after the cooldown one call finds out, and a good one closes it', async () => {
  fail()
  const { conn, log } = connect({ circuitBreaker: { failures: 1, cooldown: 0.1 } })
  await conn.get(cid)
  expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN106' })
  upstream.reply({ status: 200 })
  await expect
    .poll(() =>
      conn.get(cid).then(
        ({ statusCode }) => statusCode,
        () => 0,
      ),
    )
    .toBe(200)
  expect(await conn.get(cid)).toMatchObject({ statusCode: 200 })
  expect(log.at(-1)?.message).toBe('"Orders API" answers again')
})

test('ends retries: an API that is to be left in peace is not asked again', async () => {
  fail()
  upstream.reply({ status: 503 })
  const { conn } = connect({ maxRetries: 10, retrySleepTime: 0.001 })
  expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN106' })
  expect(upstream.requests).toHaveLength(3)
})

test('that of one connection is nothing to another', async () => {
  fail()
  const first = connect({ circuitBreaker: { failures: 1, cooldown: 60 } })
  const second = connect({ circuitBreaker: { failures: 1, cooldown: 60 } })
  await first.conn.get(cid)
  expect(await failureOf(first.conn.get(cid))).toMatchObject({ code: 'ZN106' })
  expect(await second.conn.get(cid)).toMatchObject({ statusCode: 500 })
})
