import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Serving, serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { channels, service } from '../runtime/serving.js'
import { until } from '../runtime/until.js'

async function start(files: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const folder = await temporaryProject(files)
  const server = await serve(folder, args)
  onTestFinished(() => void server.process.kill('SIGKILL'))
  return { folder, server, call: (path: string) => fetch(new URL(path, server.url)) }
}

const messages = (server: Serving) => server.events().map(({ message }) => String(message))

test('a service that never answers ends at request_timeout, and so do its signal and its outgoing call', async () => {
  let isAborted = false
  const upstream = createServer((request) => request.socket.on('close', () => (isAborted = true))).listen(
    0,
    '127.0.0.1',
  )
  onTestFinished(() => void upstream.close())
  await once(upstream, 'listening')
  const host = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const { server, call } = await start({
    'zato.yaml': `server: { request_timeout: 0.5 }
outgoing_rest: [{ name: Silent API, host: '${host}' }]
${channels('waits')}`,
    'services/waits.ts': service(
      'waits',
      `this.signal.addEventListener('abort', () => this.logger.info('told to stop'))
    await this.out.rest['Silent API'].conn.get(this.cid)`,
    ),
  })
  const response = await call('/waits')
  expect(response.status).toBe(504)
  const { cid } = (await response.json()) as { cid: string }
  await until(() => isAborted && messages(server).includes('told to stop'))
  const line = server.events().find((event) => event.type === 'log' && event.level === 'error')
  expect(line).toMatchObject({
    message: 'The request took longer than server.request_timeout, 0.5 s',
    cid,
    service: 'waits',
    fields: { channel: 'waits', code: 'ZH504' },
  })
  expect(server.events().some(({ type }) => type === 'died')).toBe(false)
})

test.skipIf(process.platform === 'win32')('a server that was stopped holds that time against nobody', async () => {
  const { server, call } = await start({
    'zato.yaml': `server: { stall_timeout: 0.5 }\n${channels('slow')}`,
    'services/slow.ts': service('slow', `await new Promise((done) => setTimeout(done, 2500)); return 'done'`),
  })
  const answer = call('/slow')
  server.process.kill('SIGSTOP')
  const stoppedAt = performance.now()
  await until(() => performance.now() - stoppedAt > 1500)
  server.process.kill('SIGCONT')
  expect(await (await answer).text()).toBe('done')
  expect(server.events().some(({ type }) => type === 'died')).toBe(false)
})

test('services that go down by themselves again and again are tried less often, and at once after a save', async () => {
  const { folder, server, call } = await start({
    'zato.yaml': channels('good'),
    'services/good.ts': `setTimeout(() => process.exit(1), 100)\n${service('good', `return 'good'`)}`,
  })
  const pauses = () => messages(server).filter((text) => text.startsWith('The services fail again and again'))
  await until(() => pauses().some((text) => text.includes('the next try is in 0.2 s, or at the next save')), 20_000)
  expect(pauses()[0]).toContain('0.1 s')
  expect(messages(server)).toContainEqual(
    expect.stringMatching(/exited with code 1: code that runs for no request called process\.exit at .*good\.ts:1:26$/),
  )
  await writeFile(join(folder, 'services/good.ts'), service('good', `return 'healed'`))
  await until(async () => (await (await call('/good')).text()) === 'healed')
})

test('without watch an uncaught error is told with its cid, its caller gets 500, and the server drains and exits 1', async () => {
  const { server, call } = await start(
    {
      'zato.yaml': channels('late', 'slow'),
      'services/late.ts': service(
        'late',
        `setTimeout(() => { throw new Error('too late') }, 5)
    await new Promise(() => undefined)`,
      ),
      'services/slow.ts': service(
        'slow',
        `this.logger.info('begun')
    await new Promise((done) => setTimeout(done, 500))
    return 'done'`,
      ),
    },
    ['--no-watch'],
  )
  const exited = once(server.process, 'exit')
  const slow = call('/slow')
  await until(() => messages(server).includes('begun'))
  const response = await call('/late')
  expect(response.status).toBe(500)
  const { cid } = (await response.json()) as { cid: string }
  expect(await (await slow).text()).toBe('done')
  expect(await exited).toEqual([1, null])
  const lines = server.events().filter((event) => event.type === 'log' && event.level === 'error')
  expect(lines).toMatchObject([{ cid, service: 'late', fields: { code: 'ZS501', channel: 'late' } }])
})
