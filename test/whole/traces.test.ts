import { readFile, stat, symlink, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { startUpstream } from '../helpers/upstream.js'
import { until } from '../runtime/until.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const secret = 'canary-7f3a9c21'

test('traces by the real binary: listed, shown, repeated, exported, handed over, kept without a secret', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  let count = 0
  upstream.reply(() => (++count < 3 ? { status: 502 } : { body: `{"note":"${secret}"}` }))
  const dir = await temporaryProject({
    'zato.yaml': `server: { dashboard_port: 0 }
security:
  - { name: key, type: apikey, header: X-Key, password: ${secret} }
outgoing_rest:
  - { name: Orders API, host: '${upstream.url}', url_path: '/orders', security: key, max_retries: 3, retry_sleep_time: 0.02 }
channel_rest:
  - { name: orders, url_path: /orders, service: orders }
`,
    'services/orders.ts': `import { Service } from 'zato-ts'
export class Orders extends Service {
  static override readonly name = 'orders'
  async handle() { return (await this.out.rest['Orders API']!.conn.get(this.cid)).data }
}
`,
  })
  await mkdir(join(dir, 'node_modules'))
  await symlink(root, join(dir, 'node_modules/zato-ts'))
  const serving = await serve(dir, ['--keep-traces'])
  onTestFinished(() => serving.stop().then(() => undefined))
  await until(() => serving.events().some(({ type }) => type === 'dashboard'))
  await fetch(`${serving.url}orders`, { headers: { 'x-zato-cid': 'my-cid' } })
  const list = async (filter: string) => (await zato(['trace', 'list', '--filter', filter], { cwd: dir })).stdout
  await until(async () => (await list('cid:my-cid state:done')).includes('GET /orders\t1 (2 again)'))

  const shown = await zato(['trace', 'show', 'my-cid'], { cwd: dir })
  const spans = shown.stdout.split('\n').map((line) => line.trim().split(/ {2,}/)[0])
  for (const label of ['channel orders', 'service orders', 'GET Orders API', 'attempt 1', 'attempt 2', 'attempt 3']) {
    expect(spans).toContain(label)
  }
  expect(shown.stdout.match(/back-off/g)).toHaveLength(2)

  const replay = await zato(['trace', 'replay', 'my-cid', '--json'], { cwd: dir })
  expect(JSON.parse(replay.stdout)).toMatchObject({ trace: { source: 'dashboard', result: { status: 200 } } })
  // The server may be too busy to take it in time, which nobody is told of.
  await until(async () => {
    await zato(['call', 'Orders API'], { cwd: dir })
    return (await list('source:cli kind:call')).includes('GET Orders API')
  })
  const har = await zato(['trace', 'export', 'my-cid'], { cwd: dir })
  expect((JSON.parse(har.stdout) as { log: { entries: unknown[] } }).log.entries).toHaveLength(4)

  await serving.stop()
  const file = join(dir, '.zato/traces.ndjson')
  const kept = await readFile(file, 'utf8')
  expect(kept).toContain('my-cid')
  for (const text of [kept, shown.stdout, har.stdout, replay.stdout]) expect(text).not.toContain(secret)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await list('cid:my-cid')).toContain('GET /orders')
  const tail = await zato(['trace', 'tail'], { cwd: dir })
  expect(tail).toMatchObject({ code: 2 })
  expect(tail.stderr).toContain('No server of this project runs')
}, 120_000)

test('a project that calls itself is shown as it was asked, and what it asked of itself below', async () => {
  const dir = await temporaryProject({
    'zato.yaml': `server: { dashboard_port: 0 }
outgoing_rest:
  - { name: Own, host: 'http://127.0.0.1:\${ZATO_TS_PORT:-1}', url_path: '/inner' }
channel_rest:
  - { name: outer, url_path: /outer, service: outer }
  - { name: inner, url_path: /inner, service: inner }
`,
    'services/a.ts': `import { Service } from 'zato-ts'
export class Outer extends Service {
  static override readonly name = 'outer'
  async handle() { return (await this.out.rest['Own']!.conn.get(this.cid)).data }
}
export class Inner extends Service {
  static override readonly name = 'inner'
  handle() { return { ok: true } }
}
`,
  })
  const serving = await serve(dir)
  onTestFinished(() => serving.stop().then(() => undefined))
  await until(() => serving.events().some(({ type }) => type === 'dashboard'))
  await fetch(`${serving.url}outer`, { headers: { 'x-zato-cid': 'nested-cid' } })
  const shown = await until(async () => {
    const { stdout } = await zato(['trace', 'show', 'nested', '--json'], { cwd: dir })
    const found = JSON.parse(stdout || '{}') as {
      trace?: { state: string; title: string }
      within?: { title: string }[]
    }
    return found.trace?.state === 'done' ? found : undefined
  })
  expect([shown.trace?.title, shown.within?.map(({ title }) => title)]).toEqual(['GET /outer', ['GET /inner']])
  const { stdout } = await zato(['trace', 'show', 'nested-cid'], { cwd: dir })
  expect(stdout.indexOf('GET /outer')).toBeLessThan(stdout.indexOf('GET /inner'))
  const replayed = await zato(['trace', 'replay', 'nested-cid', '--json'], { cwd: dir })
  expect(JSON.parse(replayed.stdout)).toMatchObject({ trace: { title: 'GET /outer' } })
}, 60_000)

test('traces in outline by the real binary: listed, found, shown as what they are, cleared, and kept on disk', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const dir = await temporaryProject({
    'zato.yaml': `server: { dashboard_port: 0 }
outgoing_rest:
  - { name: Orders API, host: '${upstream.url}', url_path: /orders }
channel_rest:
  - { name: orders, url_path: /orders, service: orders }
  - { name: busy, url_path: /busy, service: busy }
`,
    'services/orders.ts': `import { Service } from 'zato-ts'
export class Orders extends Service {
  static override readonly name = 'orders'
  async handle() { return (await this.out.rest['Orders API']!.conn.get(this.cid)).data }
}
export class Busy extends Service {
  static override readonly name = 'busy'
  handle() { return Promise.resolve('done') }
}
`,
  })
  const serving = await serve(dir, ['--keep-traces'])
  onTestFinished(() => serving.stop().then(() => undefined))
  await until(() => serving.events().some(({ type }) => type === 'dashboard'))
  const body = 'x'.repeat(5_000_000)
  await Promise.all([1, 2, 3].map(() => fetch(`${serving.url}busy`, { method: 'POST', body })))
  for (let at = 0; at < 5; at += 1)
    await fetch(`${serving.url}orders?n=${at}`, { headers: { 'x-zato-cid': `outline-${at}` } })

  const json = async (...args: string[]) => JSON.parse((await zato([...args, '--json'], { cwd: dir })).stdout) as Shown
  const { traces } = await json('trace', 'list', '--filter', 'conn:"Orders API" status:200 state:done')
  expect(traces).toHaveLength(5)
  expect(traces[0]).toMatchObject({ cid: 'outline-4', calls: 1, attempts: 1, dropped: { details: true } })
  const shown = await zato(['trace', 'show', 'outline-2'], { cwd: dir })
  for (const text of ['GET /orders?n=2', 'channel orders', 'service orders', 'GET Orders API', 'attempt 1'])
    expect(shown.stdout).toContain(text)
  // A phase that is over in less than half a millisecond is not printed.
  const outline = await json('trace', 'show', 'outline-2')
  expect(outline.trace.spans.at(-1)?.attempt?.phases).toHaveProperty('wait')
  expect(shown.stdout).toContain('Headers and bodies were not kept: more came than can be recorded in full')
  const replay = await zato(['trace', 'replay', 'outline-2'], { cwd: dir })
  expect([replay.code, replay.stderr]).toEqual([2, expect.stringContaining('It cannot be repeated as it was')])

  await serving.stop()
  const { trace } = await json('trace', 'show', 'outline-3')
  expect(trace).toMatchObject({ calls: 1, dropped: { details: true } })
  expect(trace.spans.map(({ kind }) => kind)).toEqual(['channel', 'service', 'call', 'attempt'])

  const again = await serve(dir, ['--keep-traces'])
  onTestFinished(() => again.stop().then(() => undefined))
  await until(() => again.events().some(({ type }) => type === 'dashboard'))
  expect((await json('trace', 'list', '--filter', 'channel:orders')).traces).toHaveLength(5)
  await zato(['trace', 'clear'], { cwd: dir })
  expect((await json('trace', 'list')).traces).toHaveLength(0)
}, 120_000)

interface Shown {
  readonly traces: readonly unknown[]
  readonly trace: {
    readonly spans: readonly { readonly kind: string; readonly attempt?: { readonly phases: object } }[]
  }
}
