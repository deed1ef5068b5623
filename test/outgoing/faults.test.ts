import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConnectionFailed, type OutgoingError } from '../../src/outgoing/errors.js'
import { startRawUpstream, unusedPort } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'
import { faults, head } from './helpers/faults.js'

/** Whatever an API does wrong ends in the right class, and leaves neither a socket nor a rejection behind. */

const unhandled: unknown[] = []
const note = (reason: unknown) => unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
afterAll(closeAll)

describe('an API that', () => {
  test.each(faults)('$fault', async ({ serve, timeout = 20, method = 'GET', ...fault }) => {
    const upstream = await startRawUpstream(({ socket, count }) => {
      if (count === 1) serve(socket)
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood')
    })
    const closed = new Promise<void>((resolve) => {
      upstream.onSocketClosed(resolve)
    })
    const { conn, events } = open({
      host: upstream.url,
      timeout,
      ...(fault.maxResponseSize !== undefined && { maxResponseSize: fault.maxResponseSize }),
    })
    const error = await failureOf<OutgoingError>(conn.request(cid, { method }))
    expect(error).toBeInstanceOf(fault.error)
    expect(error).toMatchObject({
      code: fault.code,
      phase: fault.phase,
      attempt: 1,
      cid,
      connection: 'Orders API',
      method,
    })
    expect(error.message).toMatch(fault.message ?? /./)
    // Its deadline, and what a busy machine adds.
    expect(error.elapsedMs).toBeLessThan(Math.min(timeout * 1000, 3000) + 2000)
    expect(events).toMatchObject([{ error: { code: fault.code, phase: fault.phase } }])
    expect(error.hint).toMatch(fault.hint ?? /./)
    if (!fault.keepsSocket) await closed
    expect((await conn.request(cid, { method, timeout: 20 })).text).toBe(method === 'HEAD' ? '' : 'good')
    if (!fault.keepsSocket) expect(upstream.connections).toBe(2)
    await upstream.close()
  })
})

test('a port on which nothing listens refuses, and the error asks whether the API runs', async () => {
  const port = await unusedPort()
  const { conn, events } = open({ host: `http://127.0.0.1:${port}` })
  const error = await failureOf<OutgoingError>(conn.get(cid))
  expect(error).toBeInstanceOf(ConnectionFailed)
  expect(error).toMatchObject({
    code: 'ZN102',
    phase: 'connect',
    hint: 'is the API running?',
    status: 502,
    exitCode: 6,
  })
  expect(error.message).toContain(`127.0.0.1:${port} refused the connection`)
  expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
  expect(events[0]?.phases.connect).toBeGreaterThan(0)
})

test('a name of several addresses that all refuse is refused', async () => {
  const { conn } = open({ host: `http://localhost:${await unusedPort()}` })
  expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN102', phase: 'connect' })
})

test('a host that does not exist fails in dns, and the error names it', async () => {
  const { conn, events } = open({ host: 'http://no-such-host.invalid' })
  const error = await failureOf<OutgoingError>(conn.get(cid))
  expect(error).toBeInstanceOf(ConnectionFailed)
  expect(error).toMatchObject({ code: 'ZN101', phase: 'dns' })
  expect(error.message).toContain('no-such-host.invalid')
  expect(events[0]?.phases).not.toHaveProperty('connect')
})

test('a reply that is not for this request discards the socket, and the next call has one of its own', async () => {
  const reply = `${head('Content-Length: 2')}{}`
  const upstream = await startRawUpstream(
    ({ socket, count }) => void socket.write(count === 1 ? `${reply}${head('Content-Length: 9')}"evil-1-"` : reply),
  )
  const { conn } = open({ host: upstream.url })
  expect((await conn.get(cid)).text).toBe('{}')
  expect((await conn.get(cid)).text).toBe('{}')
  expect(upstream.connections).toBe(2)
  await upstream.close()
})

test.each(['GET', 'POST'])('a reply that nobody asked for is not taken for that to a later %s', async (method) => {
  const upstream = await startRawUpstream(({ socket, count }) => {
    socket.write(`${head('Content-Length: 2')}{}`)
    if (count === 1) setImmediate(() => socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nevil'))
  })
  const closed = new Promise<void>((resolve) => {
    upstream.onSocketClosed(resolve)
  })
  const { conn } = open({ host: upstream.url })
  expect((await conn.request(cid, { method })).text).toBe('{}')
  await closed
  expect(await conn.request(cid, { method })).toMatchObject({ statusCode: 200, text: '{}', attempts: 1 })
  expect(upstream.heads).toHaveLength(2)
  await upstream.close()
})
