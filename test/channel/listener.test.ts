import { Agent, get as httpGet } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { Listener } from '../../src/channel/listener.js'
import { ZatoError } from '../../src/errors.js'
import type { Outcome, Runner } from '../../src/exchange.js'
import { createLogger } from '../../src/log.js'
import { listening, send, sendRaw, until } from './listening.js'
import { apiKey, channel, project } from './projects.js'

const channelRest = [channel('/any')]
const get = 'GET /any HTTP/1.1\r\nHost: localhost\r\n\r\n'
const ok: Outcome = { statusCode: 200, headers: {}, body: Buffer.from('fine') }
const answerOk: Runner = (_incoming, _body, { done }) => done(ok)
const silent = () => new Listener({ run: answerOk, log: createLogger(() => undefined) })

test('the url is what people type', async () => {
  const hosts = ['127.0.0.1', 'localhost', '0.0.0.0']
  for (const host of hosts) {
    const listener = silent()
    const { port, url, host: bound } = await listener.listen({ host, port: 0 })
    expect(url).toBe(`http://localhost:${port}/`)
    if (host !== 'localhost') expect(bound).toBe(host)
    await listener.close()
  }
})

test('a port that is in use is an error that names a free one', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const error: unknown = await silent()
    .listen({ host: '127.0.0.1', port })
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ZatoError)
  const { code, message, hint } = error as ZatoError
  expect([code, message]).toEqual(['ZU004', expect.stringContaining(`Port ${port} of 127.0.0.1 is in use`)])
  const free = Number(/^port (\d+) is free/.exec(hint ?? '')?.[1])
  const listener = silent()
  expect((await listener.listen({ host: '127.0.0.1', port: free })).port).toBe(free)
  await listener.close()
  other.close()
})

test('an address that is not of this machine is an error, and the listener can try another', async () => {
  const listener = silent()
  await expect(listener.listen({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'ZU004' })
  await expect(listener.listen({ host: 'no-such-host.invalid', port: 0 })).rejects.toMatchObject({ code: 'ZU004' })
  expect((await listener.listen({ host: '127.0.0.1', port: 0 })).port).toBeGreaterThan(0)
  await listener.close()
})

test('before there is a project every request is 503', async () => {
  const listener = silent()
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 })
  const answer = await send(port, '/any')
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1'])
  expect(answer.json).toMatchObject({ status: 503, cid: answer.headers['x-zato-cid'] })
  await listener.close()
})

test('closing twice, or before listening, does no harm', async () => {
  const listener = silent()
  await listener.close()
  const other = silent()
  await other.listen({ host: '127.0.0.1', port: 0 })
  await Promise.all([other.close(), other.close()])
})

test('a new project changes routes, security and limits at once; requests under way keep what they began with', async () => {
  const running = await listening({ channelRest: [channel('/old'), channel('/any')] })
  const waiting: ((outcome: Outcome) => void)[] = []
  running.serve(() => new Promise((resolve) => waiting.push(resolve)))
  const underWay = running.fetch('/old')
  await until(() => waiting.length === 1)

  running.use({
    channelRest: [channel('/new'), channel('/any', { security: 'Key' })],
    security: [apiKey('Key')],
    server: { bodyLimit: 3, allowedHosts: ['dev.example'] },
  })
  running.serve(() => Promise.resolve(ok))
  waiting[0]?.(ok)
  expect((await underWay).text).toBe('fine')
  const status = async (path: string, options = {}) => (await running.fetch(path, options)).status
  expect([await status('/old'), await status('/new'), await status('/any')]).toEqual([404, 200, 401])
  expect(await status('/new', { method: 'POST', body: 'abcd' })).toBe(413)
  expect(await status('/new', { headers: { host: 'dev.example' } })).toBe(200)
  await running.close()
})

test('a request that is held back is routed by what is served once it may go on, even by a listener that closes', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  let isHeld = false
  let asked = 0
  const listener = new Listener({
    run: answerOk,
    log: createLogger(() => undefined),
    ready: () => {
      asked += 1
      return isHeld ? held : undefined
    },
  })
  listener.use(project({ channelRest: [channel('/old')] }))
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 })
  expect((await send(port, '/new')).status).toBe(404)

  isHeld = true
  const waiting = send(port, '/new')
  await until(() => asked === 2)
  listener.use(project({ channelRest: [channel('/new')] }))
  const closed = listener.close()
  release()
  expect((await waiting).text).toBe('fine')
  await closed
})

test('closing lets requests in flight end, tells their callers, and closes what is idle', async () => {
  const running = await listening({ channelRest })
  const agent = new Agent({ keepAlive: true })
  await new Promise((resolve) =>
    httpGet({ port: running.port, host: '127.0.0.1', path: '/any', agent }, (r) => r.resume().on('end', resolve)),
  )
  const silentSocket = connect(running.port, '127.0.0.1')
  await until(() => !silentSocket.connecting)

  const waiting: ((outcome: Outcome) => void)[] = []
  running.serve(() => new Promise((resolve) => waiting.push(resolve)))
  const underWay = sendRaw(running.port, get)
  await until(() => waiting.length === 1)
  expect(running.listener.inFlight).toBe(1)

  let isClosed = false
  const closed = running.listener.close({ drainMs: 20_000 }).then(() => (isClosed = true))
  await until(() => silentSocket.destroyed || silentSocket.readableEnded || silentSocket.closed)
  await expect(send(running.port, '/any')).rejects.toThrow(/ECONNREFUSED/)
  expect(isClosed).toBe(false)
  waiting[0]?.(ok)
  const text = await underWay
  expect(text).toMatch(/^HTTP\/1.1 200 OK[^]*Connection: close[^]*fine$/)
  await closed
  expect(running.listener.inFlight).toBe(0)
  agent.destroy()
})

test('whoever has connected before the port closes is answered, whether or not the listener knew of them', async () => {
  const running = await listening({ channelRest })
  running.serve(() => Promise.resolve(ok))
  const callers = Array.from({ length: 100 }, () => {
    const socket = connect(running.port, '127.0.0.1', () => socket.write(get))
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    return new Promise<string>((resolve) =>
      socket.on('close', () => resolve(text)).on('error', (e) => resolve(String(e))),
    )
  })
  // It has connected, and asks a little later.
  const last = connect(running.port, '127.0.0.1')
  await new Promise((resolve) => last.once('connect', resolve))
  const closed = running.listener.close({ drainMs: 20_000 })
  last.write(get)
  last.on('data', () => undefined)
  for (const text of await Promise.all(callers)) expect(text).toMatch(/^HTTP\/1.1 200 OK[^]*Connection: close[^]*fine$/)
  await closed
  expect(running.events).toHaveLength(101)
})

test('a connection that is kept may be used once more where `idleMs` says so, and is closed after that time', async () => {
  const running = await listening({ channelRest })
  running.serve(() => Promise.resolve(ok))
  const texts = ['', '']
  const sockets = texts.map((_, index) => {
    const socket = connect(running.port, '127.0.0.1', () => socket.write(get))
    return socket.on('data', (chunk) => (texts[index] = `${texts[index] ?? ''}${chunk.toString()}`))
  })
  await until(() => texts.every((text) => text.endsWith('fine')))
  const closed = running.listener.close({ idleMs: 500 })
  await expect.poll(() => send(running.port, '/any').catch(String)).toMatch(/ECONNREFUSED/)
  sockets[0]?.write(get)
  await until(() => texts[0]?.split('fine').length === 3)
  expect(texts[0]).toMatch(/Connection: close[^]*fine$/)
  expect(sockets[1]?.closed).toBe(false)
  await closed
  await until(() => sockets.every((socket) => socket.closed))
})

test('a stream that began before the drain ends, and its connection with it', async () => {
  const running = await listening({ channelRest })
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  running.serve(() =>
    Promise.resolve({
      statusCode: 200,
      headers: {},
      body: new ReadableStream({ start: (it) => void (controller = it) }),
    }),
  )
  let text = ''
  const socket = connect(running.port, '127.0.0.1', () => socket.write(get))
  socket.on('data', (chunk) => (text += chunk.toString()))
  await until(() => controller !== undefined)
  controller?.enqueue(Buffer.from('first'))
  await until(() => text.includes('first'))
  const closed = running.listener.close({ drainMs: 20_000 })
  controller?.enqueue(Buffer.from('second'))
  controller?.close()
  await closed
  await until(() => socket.closed)
  expect(text).toMatch(/first[^]*second[^]*\r\n0\r\n\r\n$/)
})

test('after the drain what is left is destroyed, and its service told', async () => {
  const running = await listening({ channelRest })
  running.serve(() => new Promise(() => undefined))
  const underWay = sendRaw(running.port, get)
  await until(() => running.incoming.length === 1)
  await running.listener.close({ drainMs: 30 })
  expect(await underWay).toBe('')
  expect(running.incoming[0]?.signal.aborted).toBe(true)
  expect(running.events).toMatchObject([{ aborted: true }])
})

test('a request that takes longer than request_timeout is 504, and its service is told', async () => {
  const running = await listening({ channelRest, server: { requestTimeout: 0.05 } })
  running.serve(() => new Promise(() => undefined))
  const answer = await running.fetch('/any')
  expect(answer.status).toBe(504)
  expect(answer.json).toMatchObject({ status: 504, cid: answer.headers['x-zato-cid'] })
  expect(running.incoming[0]?.signal.aborted).toBe(true)
  expect(running.logs).toMatchObject([{ cid: answer.headers['x-zato-cid'], fields: { code: 'ZH504' } }])
  expect(running.events).toMatchObject([{ statusCode: 504, aborted: false }])

  running.serve(() => Promise.resolve({ statusCode: 200, headers: {}, body: new ReadableStream<Uint8Array>() }))
  expect(await sendRaw(running.port, get)).toMatch(/^HTTP\/1.1 200 OK(?![^]*\r\n0\r\n)/)
  expect(running.events[1]).toMatchObject({ statusCode: 200, aborted: true })

  const slowBody = await sendRaw(
    running.port,
    'POST /any HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx',
    { until: '"}' },
  )
  expect(slowBody).toMatch(/^HTTP\/1.1 504 /)
  await running.close()
})

test('the project can be one with ten thousand channels', async () => {
  const listener = silent()
  const many = Array.from({ length: 10_000 }, (_, index) => channel(`/api/${index}/{id}`, { name: `Channel ${index}` }))
  listener.use(project({ channelRest: many }))
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 })
  expect((await send(port, '/api/9999/1')).text).toBe('fine')
  await listener.close()
})
