import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { type Dispatch, type Incoming, type Outcome, dispatchBy } from '../../src/exchange.js'
import { type FromServices, type ToServices, streamWindow } from '../../src/runtime/messages.js'
import { RemoteDispatch } from '../../src/runtime/remote-dispatch.js'
import { RequestServer } from '../../src/runtime/request-server.js'
import { FrameSocket } from '../../src/runtime/socket.js'
import { never, until } from './until.js'

const incoming: Incoming = {
  cid: 'c1',
  service: 'echo',
  method: 'POST',
  path: '/',
  params: {},
  query: {},
  headers: {},
  remoteAddress: '127.0.0.1',
}

/** The two halves, with a stream between them as there is between the two processes. */
function connect(dispatch: Dispatch): { remote: RemoteDispatch; server: RequestServer; cut: () => void } {
  const [near, far] = duplexPair()
  const server = new RequestServer(
    (incoming, body, rest) => void dispatch(incoming, body, rest.signal).then(rest.done),
    (message, body) => farSocket.send(message, body),
  )
  const farSocket = new FrameSocket<ToServices, FromServices>(far, {
    onFrame: ({ head, body }) => {
      if (head.type === 'request') server.run({ id: head.id, incoming: head.incoming, body })
      else if (head.type === 'abort') server.abort(head.id)
      else if (head.type === 'credit') server.credit(head.id, head.bytes)
    },
    onClose: () => undefined,
  })
  const remote = new RemoteDispatch((message, body) => nearSocket.send(message, body))
  const nearSocket = new FrameSocket<FromServices, ToServices>(near, {
    onFrame: ({ head, body }) => remote.receive(head, body),
    onClose: () => remote.fail(() => ({ statusCode: 503, headers: {} })),
  })
  return { remote, server, cut: () => near.destroy() }
}

const signal = new AbortController().signal
const bytesOf = async (outcome: Outcome) => Buffer.from(await new Response(outcome.body as never).arrayBuffer())

test('a body of any bytes crosses unchanged, there and back', async () => {
  const { remote } = connect((_, body) => Promise.resolve({ statusCode: 201, headers: { a: ['1', '2'] }, body }))
  const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 256))
  const outcome = await dispatchBy(remote.run)(incoming, body, signal)
  expect(outcome.statusCode).toBe(201)
  expect(outcome.headers).toEqual({ a: ['1', '2'] })
  expect(Buffer.compare(outcome.body as Uint8Array, body)).toBe(0)
})

test('many requests at once each get their own answer', async () => {
  const { remote } = connect(async ({ cid }) => {
    if (Number(cid) % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
    return { statusCode: 200, headers: { cid } }
  })
  const cids = Array.from({ length: 200 }, (_, index) => String(index))
  const outcomes = await Promise.all(
    cids.map((cid) => dispatchBy(remote.run)({ ...incoming, cid }, new Uint8Array(), new AbortController().signal)),
  )
  expect(outcomes.map(({ headers }) => headers.cid)).toEqual(cids)
})

test('a streamed body arrives whole, and no faster than it is read', async () => {
  const piece = Buffer.alloc(64 * 1024, 1)
  let made = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      made += piece.length
      if (made > 4 * 1024 * 1024) controller.close()
      else controller.enqueue(Uint8Array.from(piece))
    },
  })
  const { remote } = connect(() => Promise.resolve({ statusCode: 200, headers: {}, body }))
  const outcome = await dispatchBy(remote.run)(incoming, new Uint8Array(), signal)
  await until(() => made >= streamWindow)
  await never(() => made > streamWindow + 4 * piece.length, 50)
  expect((await bytesOf(outcome)).length).toBe(4 * 1024 * 1024)
})

test('a stream that breaks at its source breaks at its reader', async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array([1])),
    pull: () => Promise.reject(new Error('Upstream went away')),
  })
  const { remote } = connect(() => Promise.resolve({ statusCode: 200, headers: {}, body }))
  const outcome = await dispatchBy(remote.run)(incoming, new Uint8Array(), signal)
  await expect(bytesOf(outcome)).rejects.toThrow('Upstream went away')
})

test('a stream whose reader loses interest is cancelled at its source', async () => {
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    cancel: () => {
      cancelled = true
    },
  })
  const { remote } = connect(() => Promise.resolve({ statusCode: 200, headers: {}, body }))
  const outcome = await dispatchBy(remote.run)(incoming, new Uint8Array(), signal)
  await (outcome.body as ReadableStream).cancel()
  await until(() => cancelled)
  await remote.idle()
})

test('a piece that is not bytes breaks the stream and nothing else', async () => {
  const text = new ReadableStream<unknown>({
    start: (controller) => controller.enqueue('text'),
  }) as ReadableStream<Uint8Array>
  const { remote } = connect(({ cid }) =>
    Promise.resolve(cid === 'bad' ? { statusCode: 200, headers: {}, body: text } : { statusCode: 204, headers: {} }),
  )
  const bad = await dispatchBy(remote.run)({ ...incoming, cid: 'bad' }, new Uint8Array(), signal)
  await expect(bytesOf(bad)).rejects.toThrow('not bytes')
  expect((await dispatchBy(remote.run)(incoming, new Uint8Array(), signal)).statusCode).toBe(204)
})

test('a caller that goes away aborts the request, and nobody waits for its answer', async () => {
  let reason: unknown
  const { remote } = connect(async (_, __, caller) => {
    await new Promise<void>((resolve) => caller.addEventListener('abort', { handleEvent: resolve }))
    reason = caller.aborted
    return { statusCode: 200, headers: {} }
  })
  const controller = new AbortController()
  const answer = dispatchBy(remote.run)(incoming, new Uint8Array(), controller.signal)
  controller.abort()
  await remote.idle()
  await until(() => reason === true)
  expect((await answer).statusCode).toBe(200)
})

test('a request of a caller that is gone already is not passed on', async () => {
  const { remote } = connect(() => Promise.reject(new Error('Not to be called')))
  const { statusCode } = await dispatchBy(remote.run)(incoming, new Uint8Array(), AbortSignal.abort())
  expect(statusCode).toBe(499)
})

test('when the other side is gone, what waits is answered and streams break', async () => {
  const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array([1])) })
  const { remote, cut } = connect(({ cid }) =>
    cid === 'stream' ? Promise.resolve({ statusCode: 200, headers: {}, body }) : new Promise(() => undefined),
  )
  const streaming = await dispatchBy(remote.run)({ ...incoming, cid: 'stream' }, new Uint8Array(), signal)
  const waiting = dispatchBy(remote.run)(incoming, new Uint8Array(), signal)
  cut()
  expect((await waiting).statusCode).toBe(503)
  await expect(bytesOf(streaming)).rejects.toThrow('ended')
  await remote.idle()
})

const failure: Outcome = { statusCode: 500, headers: {}, problem: { detail: 'It failed beside it' } }

test('a request that fails beside its service is answered at once and told to stop, and its service is not heard any more', async () => {
  let running: Incoming | undefined
  let isStopped = false
  let finish: (outcome: Outcome) => void = () => undefined
  const { remote, server } = connect((received, _, stop) => {
    running = received
    stop.addEventListener('abort', { handleEvent: () => (isStopped = true) })
    return new Promise((resolve) => (finish = resolve))
  })
  const waiting = dispatchBy(remote.run)(incoming, new Uint8Array(), signal)
  server.fail(await until(() => running), failure)
  expect(await waiting).toMatchObject({ statusCode: 500, problem: { detail: 'It failed beside it' } })
  expect(isStopped).toBe(true)
  finish({ statusCode: 200, headers: {} })
  await remote.idle()
  await until(() => running && server.idOf(running) === undefined)
})

test('a body that is on its way breaks off when its request fails beside its service', async () => {
  let running: Incoming | undefined
  const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array([1])) })
  const { remote, server } = connect((received) => {
    running = received
    return Promise.resolve({ statusCode: 200, headers: {}, body })
  })
  const streaming = await dispatchBy(remote.run)(incoming, new Uint8Array(), signal)
  server.fail(await until(() => running), failure)
  await expect(bytesOf(streaming)).rejects.toThrow('The service failed beside it')
})
