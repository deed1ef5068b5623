import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CallAborted, type OutgoingError, TimedOut } from '../../src/outgoing/errors.js'
import { type RawRequest, type Upstream, startRawUpstream, startUpstream } from '../helpers/upstream.js'
import { cid, closeAll, failureOf, open } from './helpers/open-outgoing.js'

let upstream: Upstream
beforeEach(async () => {
  upstream = await startUpstream()
})
afterEach(async () => {
  await closeAll()
  await upstream.close()
})
afterAll(closeAll)

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'

/** An upstream whose requests wait until they are let go. */
function holdRequests() {
  const held: (() => void)[] = []
  upstream.reply(async () => {
    await new Promise<void>((resolve) => held.push(resolve))
    return { body: '{}' }
  })
  return {
    held,
    letGo: () => {
      upstream.reply({ body: '{}' })
      for (const resolve of held.splice(0)) resolve()
    },
  }
}

describe('the pool', () => {
  test('keeps its socket: calls one after the other share it', async () => {
    const { conn } = open({ host: upstream.url })
    for (let index = 0; index < 10; index++) await conn.get(cid)
    expect(upstream.connections).toBe(1)
  })

  test('opens as many sockets as there are calls at once, and no more than pool_size', async () => {
    const { held, letGo } = holdRequests()
    const { conn } = open({ host: upstream.url, poolSize: 3 })
    const calls = Promise.all(Array.from({ length: 10 }, () => conn.get(cid)))
    await expect.poll(() => held.length).toBe(3)
    expect(upstream.requests).toHaveLength(3)
    letGo()
    expect((await calls).map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(200))
    expect(upstream.connections).toBe(3)
  })

  test('serves those that wait in the order in which they came', async () => {
    const { held, letGo } = holdRequests()
    const { conn } = open({ host: upstream.url, poolSize: 1, urlPath: '/{n}' })
    const calls = Promise.all([1, 2, 3, 4].map((n) => conn.get(cid, { params: { n } })))
    await expect.poll(() => held.length).toBe(1)
    letGo()
    await calls
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/1', '/2', '/3', '/4'])
  })

  test('waiting for a socket is part of the time, and the error says so', async () => {
    const { held, letGo } = holdRequests()
    const { conn, events } = open({ host: upstream.url, poolSize: 1 })
    const first = conn.get(cid)
    await expect.poll(() => held.length).toBe(1)
    const error = await failureOf<OutgoingError>(conn.get(cid, { timeout: 0.05 }))
    expect(error).toBeInstanceOf(TimedOut)
    expect(error).toMatchObject({ phase: 'queue', code: 'ZN201', status: 504, exitCode: 7 })
    expect(error.hint).toContain('pool_size')
    expect(Object.keys(events[0]?.phases ?? {})).toEqual(['queued'])
    letGo()
    await first
    // The one that gave up is never sent.
    await conn.get(cid, { params: { last: true } })
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/', '/?last=true'])
  })

  test('is one per connection: an API that hangs holds up no other', async () => {
    const { held, letGo } = holdRequests()
    const stuck = open({ host: upstream.url, poolSize: 1 })
    const first = stuck.conn.get(cid)
    await expect.poll(() => held.length).toBe(1)
    const other = await startUpstream()
    expect((await open({ host: other.url, poolSize: 1 }).conn.get(cid)).statusCode).toBe(200)
    await other.close()
    letGo()
    await first
  })

  test('goes on after any number of failures at once', async () => {
    upstream.reply((_, response) => {
      response.destroy()
      return undefined
    })
    const { conn } = open({ host: upstream.url, poolSize: 2 })
    const failures = await Promise.all(Array.from({ length: 50 }, () => failureOf(conn.post(cid, {}))))
    expect(new Set(failures.map(({ constructor }) => constructor.name))).toEqual(new Set(['BadReply']))
    upstream.reset()
    expect((await conn.get(cid)).statusCode).toBe(200)
  })

  test('goes on after any number of refused connections', async () => {
    await upstream.close()
    const { conn } = open({ host: upstream.url, poolSize: 2 })
    const failures = await Promise.all(Array.from({ length: 50 }, () => failureOf(conn.get(cid))))
    expect(new Set(failures.map(({ constructor }) => constructor.name))).toEqual(new Set(['ConnectionFailed']))
  })

  test('hundreds of calls over few sockets all get their own answer', async () => {
    upstream.reply(({ url }) => ({ body: JSON.stringify({ url }) }))
    const { conn } = open({ host: upstream.url, poolSize: 7, urlPath: '/{n}' })
    const numbers = Array.from({ length: 500 }, (_, n) => n)
    const answers = await Promise.all(numbers.map((n) => conn.get<{ url: string }>(cid, { params: { n } })))
    expect(answers.map(({ data }) => data.url)).toEqual(numbers.map((n) => `/${n}`))
    expect(upstream.connections).toBeLessThanOrEqual(7)
  })
})

describe('a socket that was kept alive and that the API has closed', () => {
  /** Answers the first request of each socket and drops the socket upon the second. */
  const dropSecond = ({ socket, countOnSocket }: RawRequest) => {
    if (countOnSocket > 1) socket.resetAndDestroy()
    else socket.write(ok)
  }

  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('is replaced without %s noticing', async (method) => {
    const raw = await startRawUpstream(dropSecond)
    const { conn, events, log } = open({ host: raw.url })
    await conn.get(cid)
    const response = await conn.request(cid, { method })
    expect(response).toMatchObject({ statusCode: 200, attempts: 2 })
    expect(raw.heads.map((head) => head.split(' ')[0])).toEqual(['GET', method, method])
    expect(events[1]).toMatchObject({ attempts: 2, statusCode: 200 })
    expect(log.filter(({ level }) => level !== 'debug')).toEqual([])
    await raw.close()
  })

  test.each(['POST', 'PATCH'])('makes %s fail: it is never sent twice', async (method) => {
    const raw = await startRawUpstream(dropSecond)
    const { conn } = open({ host: raw.url })
    await conn.get(cid)
    const error = await failureOf<OutgoingError>(conn.request(cid, { method, payload: { pay: 1 } }))
    expect(error).toMatchObject({ code: 'ZN301', phase: 'headers', attempt: 1 })
    expect(error.message).toContain('kept alive')
    expect(raw.heads).toHaveLength(2)
    await raw.close()
  })

  test('is replaced once, not for ever', async () => {
    const raw = await startRawUpstream(({ socket, count }) => {
      if (count === 1) socket.write(ok)
      else socket.resetAndDestroy()
    })
    const { conn } = open({ host: raw.url })
    await conn.get(cid)
    expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN301', attempt: 2 })
    expect(raw.heads).toHaveLength(3)
    await raw.close()
  })

  test('is told apart from a new one: a first request that is dropped is not sent again', async () => {
    const raw = await startRawUpstream(({ socket }) => socket.resetAndDestroy())
    const { conn } = open({ host: raw.url })
    expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN301', attempt: 1 })
    expect(raw.heads).toHaveLength(1)
    await raw.close()
  })

  test('is told apart from a reply that breaks off: that is not asked for again', async () => {
    const raw = await startRawUpstream(({ socket, countOnSocket }) => {
      if (countOnSocket === 1) socket.write(ok)
      else socket.end('HTTP/1.1 200')
    })
    const { conn } = open({ host: raw.url })
    await conn.get(cid)
    expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN301', attempt: 1 })
    expect(raw.heads).toHaveLength(2)
    await raw.close()
  })

  test('is noticed while it is idle: not even a POST fails', async () => {
    const { conn } = open({ host: upstream.url })
    await conn.get(cid)
    upstream.dropConnections()
    await expect.poll(() => conn.post(cid, {}).then(({ attempts }) => attempts)).toBe(1)
  })

  test('leaves the second attempt only the time that the first has left', async () => {
    const raw = await startRawUpstream(({ socket, count, countOnSocket }) => {
      if (count === 1) socket.write(ok)
      else if (countOnSocket > 1) setTimeout(() => socket.resetAndDestroy(), 300)
    })
    const { conn } = open({ host: raw.url })
    await conn.get(cid)
    const error = await failureOf<OutgoingError>(conn.get(cid, { timeout: 0.6 }))
    expect(error).toMatchObject({ code: 'ZN201', attempt: 2, phase: 'headers' })
    expect(error.elapsedMs).toBeGreaterThan(590)
    expect(error.elapsedMs).toBeLessThan(880)
    await raw.close()
  })
})

describe('an aborted call', () => {
  test('ends at once, destroys its socket, and carries the reason', async () => {
    const closed = new Promise<void>((resolve) => {
      upstream.reply((_, response) => {
        response.on('close', resolve)
        controller.abort(new Error('the caller left'))
        return undefined
      })
    })
    const controller = new AbortController()
    const { conn, events } = open({ host: upstream.url }, { caller: { signal: controller.signal } })
    const error = await failureOf<OutgoingError>(conn.get(cid))
    expect(error).toBeInstanceOf(CallAborted)
    expect(error).toMatchObject({ code: 'ZN601', exitCode: 130, phase: 'headers' })
    expect(error.cause).toMatchObject({ message: 'the caller left' })
    expect(events).toMatchObject([{ error: { code: 'ZN601' } }])
    await closed
  })

  test('may be aborted by a signal of its own, too', async () => {
    const controller = new AbortController()
    upstream.reply(() => {
      controller.abort()
      return new Promise(() => undefined)
    })
    const { conn } = open({ host: upstream.url }, { caller: { signal: new AbortController().signal } })
    expect(await failureOf(conn.get(cid, { signal: controller.signal }))).toBeInstanceOf(CallAborted)
  })

  test('is not sent if it was aborted before', async () => {
    const { conn, events } = open({ host: upstream.url })
    const error = await failureOf<OutgoingError>(conn.get(cid, { signal: AbortSignal.abort() }))
    expect(error).toBeInstanceOf(CallAborted)
    expect(error.attempt).toBe(0)
    expect([upstream.connections, events]).toEqual([0, []])
  })

  test('is forgotten while it waits for a socket', async () => {
    const { held, letGo } = holdRequests()
    const { conn } = open({ host: upstream.url, poolSize: 1 })
    const first = conn.get(cid)
    await expect.poll(() => held.length).toBe(1)
    const controller = new AbortController()
    const second = failureOf(conn.get(cid, { signal: controller.signal }))
    controller.abort()
    expect(await second).toMatchObject({ code: 'ZN601', phase: 'queue' })
    letGo()
    await first
    await conn.get(cid, { params: { third: 1 } })
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/', '/?third=1'])
  })

  test('leaves no listener on the signal, however many calls it stands for', async () => {
    const warnings: Error[] = []
    const warn = (warning: Error) => warnings.push(warning)
    process.on('warning', warn)
    const { signal } = new AbortController()
    const added: string[] = []
    const removed: string[] = []
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      added.push(args[0])
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      removed.push(args[0])
      remove(...args)
    }
    const { conn } = open({ host: upstream.url }, { caller: { signal } })
    await Promise.all(Array.from({ length: 30 }, () => conn.get(cid)))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warn)
    expect([added.length, removed.length, warnings]).toEqual([30, 30, []])
  })
})

describe('closing', () => {
  test('lets calls in flight end, and refuses new ones', async () => {
    const { held, letGo } = holdRequests()
    const { outgoing, conn } = open({ host: upstream.url })
    const call = conn.get(cid)
    await expect.poll(() => held.length).toBe(1)
    let isClosed = false
    const closing = outgoing.close().then(() => {
      isClosed = true
    })
    const closingAgain = outgoing.close()
    expect(await failureOf(conn.get(cid))).toMatchObject({ code: 'ZN504' })
    expect(isClosed).toBe(false)
    letGo()
    expect((await call).statusCode).toBe(200)
    await Promise.all([closing, closingAgain])
  })

  test('closes idle sockets, and can be done twice', async () => {
    const raw = await startRawUpstream(({ socket }) => void socket.write(ok))
    const closed = new Promise<void>((resolve) => raw.onSocketClosed(resolve))
    const { outgoing, conn } = open({ host: raw.url })
    await conn.get(cid)
    await outgoing.close()
    await outgoing.close()
    await closed
    await raw.close()
  })

  test('waits for a stream to be read', async () => {
    upstream.reply({ body: 'x'.repeat(500_000) })
    const { outgoing, conn } = open({ host: upstream.url })
    const { body } = await conn.get(cid, { stream: true })
    const closing = outgoing.close()
    expect((await new Response(body).text()).length).toBe(500_000)
    await closing
  })
})
