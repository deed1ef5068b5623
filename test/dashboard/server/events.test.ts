import { once } from 'node:events'
import { type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EventLog } from '../../../src/dashboard/server/events/event-log.js'
import { EventStream } from '../../../src/dashboard/server/events/event-stream.js'
import { rotateToken } from '../../../src/dashboard/server/token.js'
import { startUpstream } from '../../helpers/upstream.js'
import { channels, service } from '../../runtime/serving.js'
import { until } from '../../runtime/until.js'
import { openDashboard } from './opened.js'

const files = {
  'zato.yaml': channels('a'),
  'services/a.ts': service('a', `this.logger.info('from a'); this.response.payload = 'a'`),
}

describe('a stream', () => {
  test('begins with hello, tells of traces, and of lines only if asked', async () => {
    const { get, stream, ask } = await openDashboard(files)
    const [plain, withLogs] = [await stream(), await stream('?logs=1')]
    await until(() => plain.events.length > 0 && withLogs.events.length > 0)
    const { body: state } = await ask<{ epoch: string; revision: string; lastSeq: number }>('GET /state')
    const { epoch, revision, lastSeq: seq } = state
    expect(plain.events[0]).toEqual({ type: 'hello', seq, epoch, revision })
    await get('/a')
    const closed = await until(() => plain.events.find(({ type }) => type === 'trace.close'))
    expect(closed.trace).toMatchObject({ kind: 'channel', path: '/a', state: 'done', result: { status: 200 }, logs: 1 })
    await until(() => withLogs.events.some(({ type }) => type === 'log'))
    const line = withLogs.events.find(({ type }) => type === 'log')?.line
    expect(line).toMatchObject({ level: 'info', message: 'from a', service: 'a' })
    expect(plain.events.some(({ type }) => type === 'log')).toBe(false)
  })

  test('goes on where its reader left off', async () => {
    const { get, stream, ask } = await openDashboard(files)
    const first = await stream()
    await get('/a')
    await until(() => first.events.some(({ type }) => type === 'trace.close'))
    const since = first.ids.findLast((id) => id !== undefined) ?? 0
    first.close()
    for (let i = 0; i < 3; i++) await get('/a')
    const { body } = await ask<{ epoch: string }>('GET /state')
    const second = await stream(`?since=${since}&epoch=${body.epoch}`)
    await until(() => second.events.filter(({ type }) => type === 'trace.close').length === 3)
    expect(second.events.some(({ type }) => type === 'resync')).toBe(false)
    const ids = second.ids.filter((id) => id !== undefined)
    expect(ids).toEqual(ids.map((_, index) => since + 1 + index))
  })

  test.each([
    ['another start of the server', (epoch: string) => `?since=1&epoch=${epoch.slice(1)}0`],
    ['what is yet to come', (epoch: string) => `?since=99999&epoch=${epoch}`],
    ['no number', (epoch: string) => `?since=x&epoch=${epoch}`],
  ])('after %s asks its reader to start afresh', async (_, query) => {
    const { stream, ask } = await openDashboard(files)
    const { body } = await ask<{ epoch: string }>('GET /state')
    const { events } = await stream(query(body.epoch))
    await until(() => events.length > 1)
    expect(events.map(({ type }) => type)).toEqual(['hello', 'resync'])
  })

  test('tells of reloads, of problems, and of a project file that says something else', async () => {
    const { stream, write } = await openDashboard(files)
    const { events } = await stream()
    const of = (wanted: string) => events.filter(({ type }) => type === wanted)
    await write('services/a.ts', files['services/a.ts'].replace("payload = 'a'", "payload = 'b'"))
    await until(() => of('reloaded').length === 1)
    expect(of('reloading')[0]).toMatchObject({ files: ['services/a.ts'] })
    expect(of('reloaded')[0]?.reload).toMatchObject({ result: 'served', files: ['services/a.ts'] })

    await write('services/a.ts', 'export class {')
    await until(() => of('reloaded').length === 2 && of('config').length > 0)
    expect(of('reloaded')[1]?.reload).toMatchObject({ result: 'failed' })
    expect(of('config').at(-1)?.problems).toMatchObject([{ code: 'ZS101', file: 'services/a.ts', line: 1 }])

    await write('services/a.ts', files['services/a.ts'])
    await until(() => (of('config').at(-1)?.problems as unknown[]).length === 0)
    const revision = of('config').at(-1)?.revision
    await write('zato.yaml', `${files['zato.yaml']}# nothing but a comment\n`)
    await until(() => of('config').at(-1)?.revision !== revision)
  })

  test('ends with the server, which does not wait for it', async () => {
    const { stream, dashboard } = await openDashboard(files)
    const { events, isClosed } = await stream()
    await until(() => events.length > 0)
    const startedAt = performance.now()
    await dashboard.close()
    await until(() => isClosed())
    expect(performance.now() - startedAt).toBeLessThan(5000)
    expect(events.at(-1)?.type).toBe('stopping')
  })

  test('holds no secret in any of its bytes, whatever happens', async () => {
    const secret = 'canary-5be0c7d1'
    const upstream = await startUpstream(({ headers }) => ({ body: JSON.stringify({ echo: headers['x-key'] }) }))
    onTestFinished(() => upstream.close())
    const yaml = `security:
  - { name: Key, type: apikey, header: X-Key, password: ${secret} }
outgoing_rest:
  - { name: Keyed, host: '${upstream.url}', url_path: '/of/{id}', security: Key, headers: { X-Token: ${secret} } }
${channels('a')}`
    const hostile = service(
      'a',
      `this.logger.warn('it is ${secret}', { note: '${secret}', error: new Error('${secret}') })
    await this.out.rest['Keyed']!.conn.get(this.cid, { params: { id: '${secret}', q: '${secret}' } })
    throw new TypeError('${secret}')`,
    )
    const { fetch, stream, write, ask, base, token } = await openDashboard({
      'zato.yaml': yaml,
      'services/a.ts': hostile,
    })
    const first = await stream('?logs=1')
    await fetch(`/a?k=${secret}&password=hunter22`)
    await fetch(`/nowhere/${secret}`)
    await ask('POST /connections/Keyed/call', { method: 'GET', params: { id: secret } })
    await until(() => first.events.filter(({ type }) => type === 'trace.close').length >= 3)
    expect(String(upstream.requests.at(-1)?.headers['x-key'])).toBe(secret)
    // The code frame of a problem shows the lines around it.
    await write('services/a.ts', `${hostile}export class { // ${secret}\n`)
    await until(() => first.events.some(({ type }) => type === 'reloaded'))
    await write('zato.yaml', yaml.replace('password:', 'pasword:'))
    await until(() => JSON.stringify(first.events.filter(({ type }) => type === 'config')).includes('pasword'))
    await ask('DELETE /traces')
    await until(() => first.events.some(({ type }) => type === 'traces.cleared'))
    // What is told again to a reader that comes back.
    const { body } = await ask<{ epoch: string }>('GET /state')
    const again = await stream(`?since=0&epoch=${body.epoch}&logs=1`)
    await until(() => again.events.length > 1)
    expect(base).not.toContain(token)
    const bytes = first.text() + again.text()
    expect(bytes).toContain('[redacted')
    for (const hidden of [secret, btoa(secret).replace(/=+$/, ''), 'hunter22', token])
      expect(bytes).not.toContain(hidden)
  })

  test('of a token that was replaced is not opened', async () => {
    const { stream, root } = await openDashboard(files)
    await rotateToken(`${root}/zato.yaml`)
    await expect(stream()).rejects.toThrow('401')
  })

  test('there may be 64 of, not more', async () => {
    const { stream } = await openDashboard(files)
    for (let i = 0; i < 64; i++) await stream()
    await expect(stream()).rejects.toThrow('503')
  })
})

test('the last 5,000 events can be told again, older ones cannot', () => {
  const log = new EventLog()
  for (let i = 1; i <= 20_000; i++) log.add({ type: 'traces.removed', ids: [i] })
  expect(log.last).toBe(20_000)
  expect(log.since(20_000)).toEqual([])
  expect(log.since(19_999)).toEqual(['id: 20000\ndata: {"type":"traces.removed","ids":[20000]}\n\n'])
  expect(log.since(15_000)).toHaveLength(5000)
  expect(log.since(10_000)).toBeUndefined()
  expect(log.since(20_001)).toBeUndefined()
  log.forget()
  expect(log.since(20_000)).toBeUndefined()
})

test('a reader that does not read has a megabyte waiting at most, and then is asked to start afresh', async () => {
  let response: ServerResponse | undefined
  const server: Server = createServer((_, reply) => (response = reply)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  onTestFinished(() => void socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const reply = await until(() => response)
  const stream = new EventStream(reply, { wantsLogs: false, token: '' })
  const piece = `data: ${'x'.repeat(64 * 1024)}\n\n`
  for (let i = 0; i < 400; i++) {
    stream.send(piece)
    await new Promise((done) => setImmediate(done))
  }
  expect(reply.writableLength).toBeLessThan(1.3 * 1024 * 1024)
  let received = ''
  socket.on('data', (bytes) => (received = (received + bytes.toString()).slice(-200)))
  socket.resume()
  await until(() => received.includes('data: {"type":"resync"}'))
  stream.send('data: after\n\n')
  await until(() => received.includes('data: after'))
})
