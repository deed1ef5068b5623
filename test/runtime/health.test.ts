import { describe, expect, onTestFinished, test } from 'vitest'
import { healthInterval } from '../../src/runtime/health/interval.js'
import { Repeater } from '../../src/runtime/health/repeater.js'
import { type UpstreamHandler, startUpstream } from '../helpers/upstream.js'
import { channels, service, serveProject } from './serving.js'
import { never, until } from './until.js'

const often = 'health_check_run_every: 0.05, health_check_run_unit: seconds'

async function upstreamOf(handler?: UpstreamHandler) {
  const upstream = await startUpstream(handler)
  onTestFinished(() => upstream.close())
  return upstream
}

describe.each([{ watch: true }, { watch: false }])('health checks of serve, watch: $watch', ({ watch }) => {
  test('tell each result, and which of them are a change', async () => {
    const upstream = await upstreamOf()
    const serving = await serveProject(
      { 'zato.yaml': `outgoing_rest: [{ name: A, host: '${upstream.url}', ${often} }]` },
      { watch },
    )
    const first = await serving.event('health')
    expect(first).toMatchObject({ connection: 'A', state: 'up', changed: false, statusCode: 200, finding: 'reachable' })
    upstream.reply({ status: 503 })
    const down = await serving.event('health', ({ state }) => state === 'down')
    expect(down).toMatchObject({ changed: true, finding: 'unhealthy', statusCode: 503 })
    await until(() => serving.eventsOf('health').filter(({ state }) => state === 'down').length > 2)
    upstream.reply({})
    await serving.event('health', ({ state, changed }) => state === 'up' && changed)
    expect(
      serving
        .eventsOf('health')
        .filter(({ changed }) => changed)
        .map(({ state }) => state),
    ).toEqual(['down', 'up'])
    expect(serving.eventsOf('call')).toEqual([])
  })

  test('end with the server', async () => {
    const upstream = await upstreamOf()
    const serving = await serveProject(
      { 'zato.yaml': `outgoing_rest: [{ name: A, host: '${upstream.url}', ${often} }]` },
      { watch },
    )
    await serving.event('health')
    await serving.server.close({ drainMs: 0 })
    const asked = upstream.requests.length
    await never(() => upstream.requests.length !== asked, 200)
  })

  test('end with the server, one that waits for an answer too', async () => {
    const upstream = await upstreamOf(() => new Promise(() => undefined))
    const serving = await serveProject(
      { 'zato.yaml': `outgoing_rest: [{ name: A, host: '${upstream.url}', ${often} }]` },
      { watch },
    )
    await until(() => upstream.requests.length === 1)
    await serving.server.close({ drainMs: 0 })
    expect(serving.eventsOf('health')).toEqual([])
  })

  test('tell a service and another API of failures', async () => {
    const upstream = await upstreamOf(() => ({ status: 500 }))
    const other = await upstreamOf()
    const serving = await serveProject(
      {
        'zato.yaml': `
outgoing_rest:
  - { name: A, host: '${upstream.url}', ${often}, health_check_callback_name: told }
  - { name: B, host: '${upstream.url}', ${often}, health_check_callback_type: rest, health_check_callback_name: Pager }
  - { name: Pager, host: '${other.url}' }
`,
        'services/told.ts': service('told', `this.logger.info('told', this.request.payload as object)`),
      },
      { watch },
    )
    const outcome = { conn_type: 'outgoing_rest', is_ok: false, error: 'The status is 500' }
    const told = await until(() => serving.logs.find(({ message }) => message === 'told'))
    expect(told).toMatchObject({ service: 'told', fields: { ...outcome, conn_name: 'A' } })
    const posted = await until(() => other.requests[0])
    expect(JSON.parse(posted.body.toString())).toMatchObject({ ...outcome, conn_name: 'B' })
  })

  test('do not keep a server that ends from ending, whatever a service that is told does', async () => {
    const upstream = await upstreamOf()
    const callback = 'health_check_callback_name: told, health_check_notify_on: all'
    const serving = await serveProject(
      {
        'zato.yaml': `outgoing_rest: [{ name: A, host: '${upstream.url}', ${often}, ${callback} }]`,
        'services/told.ts': service('told', `this.logger.info('told'); return new Promise(() => undefined)`),
      },
      { watch },
    )
    await until(() => serving.logs.some(({ message }) => message === 'told'))
    const startedAt = performance.now()
    await serving.server.close({ drainMs: 100 })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  test('tell a service of all results if it asks for them, and say when it fails', async () => {
    const upstream = await upstreamOf()
    const callback = 'health_check_callback_name: told, health_check_notify_on: all'
    const serving = await serveProject(
      {
        'zato.yaml': `outgoing_rest: [{ name: A, host: '${upstream.url}', ${often}, ${callback} }]`,
        'services/told.ts': service('told', `throw new Error('no pager')`),
      },
      { watch },
    )
    const warned = await until(() => serving.logs.find(({ level }) => level === 'warn'))
    expect(warned.message).toBe('The callback of the health check of "A" answered 500')
  })
})

describe('the traces of health checks', () => {
  const tracesOf = ({ server }: Awaited<ReturnType<typeof serveProject>>) =>
    (server.traces?.list({ filter: 'source:schedule' }).traces ?? []).toReversed()

  test.each([{ watch: true }, { watch: false, keepTraces: true }])(
    'are the first one, and each that finds something else, whole: %j',
    async (options) => {
      const upstream = await upstreamOf()
      const { url } = upstream
      const yaml = `security: [{ name: Key, type: apikey, password: 'key of the shop' }]
outgoing_rest: [{ name: A, host: '${url}', ping_path: /health, security: Key, ${often} }]`
      const serving = await serveProject({ 'zato.yaml': yaml }, options)
      const checks = async (more: number) => {
        const before = serving.eventsOf('health').length
        await until(() => serving.eventsOf('health').length >= before + more)
      }
      await checks(3)
      upstream.reply({ status: 503, body: '{"why":"maintenance"}' })
      await checks(4)
      upstream.reply({ status: 401 })
      await checks(4)
      const found = tracesOf(serving)
      expect(found.map(({ result }) => result?.status)).toEqual([200, 503, 401])
      const [first, second] = found
      expect(first).toMatchObject({ kind: 'ping', title: 'PING A', connection: 'A', state: 'done', attempts: 1 })
      expect(serving.eventsOf('health').map(({ cid }) => cid)).toContain(first?.cid)
      const { spans = [] } = serving.server.traces?.get(second?.id ?? 0) ?? {}
      expect(spans.map(({ kind }) => kind)).toEqual(['call', 'attempt'])
      expect(spans[0]).toMatchObject({ status: 503, call: { url: `${url}/health`, method: 'HEAD' } })
      expect(JSON.stringify(spans)).not.toContain('key of the shop')
    },
  )

  test('tell why no reply came, or nothing could be sent', async () => {
    const serving = await serveProject({
      'zato.yaml': `outgoing_rest:
  - { name: Refused, host: 'http://127.0.0.1:1', ${often} }
  - { name: Unusable, host: 'https://127.0.0.1:1', tls_ca: none.pem, ${often} }
`,
    })
    await until(() => tracesOf(serving).length === 2)
    const resultOf = (name: string) => tracesOf(serving).find(({ connection }) => connection === name)?.result
    expect(resultOf('Refused')).toMatchObject({ class: 'network', code: 'ZN102' })
    expect(resultOf('Unusable')).toMatchObject({ code: 'ZN504' })
  })

  test('are none where nothing is recorded', async () => {
    const upstream = await upstreamOf()
    const outgoing = `outgoing_rest: [{ name: A, host: '${upstream.url}', ${often} }]`
    const off = await serveProject({ 'zato.yaml': `dev: { max_traces: 0 }\n${outgoing}` })
    await off.event('health')
    expect(off.server.traces?.size.kept).toBe(0)
    const plain = await serveProject({ 'zato.yaml': outgoing }, { watch: false })
    await plain.event('health')
    expect(plain.server.traces).toBeUndefined()
  })
})

test('a reload neither repeats a check nor forgets what the last one has found', async () => {
  const upstream = await upstreamOf(() => ({ status: 503 }))
  const yaml = (more: string) => `
outgoing_rest:
  - { name: A, host: '${upstream.url}', health_check_run_every: 1, health_check_run_unit: seconds }
${more}
${channels('a')}`
  const serving = await serveProject({
    'zato.yaml': yaml(''),
    'services/a.ts': service('a', `return '1'`),
  })
  await serving.event('health', ({ changed }) => changed)
  for (const version of ['2', '3', '4']) {
    await serving.write('services/a.ts', service('a', `return '${version}'`))
    await serving.answers('/a', version)
  }
  await serving.write('zato.yaml', yaml(`  - { name: B, host: '${upstream.url}' }`))
  const startedAt = performance.now()
  await until(() => serving.eventsOf('health').length >= 3)
  const told = serving.eventsOf('health')
  expect(told.map(({ state, changed }) => [state, changed]).slice(0, 3)).toEqual([
    ['down', true],
    ['down', false],
    ['down', false],
  ])
  // One a second, whatever was reloaded meanwhile.
  expect(upstream.requests.length).toBeLessThanOrEqual(4 + (performance.now() - startedAt) / 1000)
})

test('a check begins when the project asks for it, and ends when it does not any more', async () => {
  const upstream = await upstreamOf()
  const yaml = (more: string) => `outgoing_rest: [{ name: A, host: '${upstream.url}'${more} }]`
  const serving = await serveProject({ 'zato.yaml': yaml('') })
  expect(serving.eventsOf('health')).toEqual([])
  await serving.write('zato.yaml', yaml(`, ${often}`))
  await serving.event('health')
  await serving.write('zato.yaml', yaml(', is_active: false, health_check_run_every: 1'))
  await until(() => serving.eventsOf('reloaded').length === 2)
  const asked = upstream.requests.length
  await never(() => upstream.requests.length > asked + 1, 200)
})

test('a task that takes longer than its interval never runs twice at once', async () => {
  let running = 0
  let most = 0
  let runs = 0
  const repeater = new Repeater({
    intervalMs: 5,
    task: async () => {
      runs += 1
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 20))
      running -= 1
    },
  })
  await until(() => runs === 4)
  await repeater.close()
  expect([most, running]).toEqual([1, 0])
})

test('the interval is that of the fields, and there is none for what refuses to work', () => {
  const base = { isActive: true, healthCheckRunUnit: 'minutes' } as const
  expect(healthInterval({ ...base, healthCheckRunEvery: undefined })).toBeUndefined()
  expect(healthInterval({ ...base, healthCheckRunEvery: 0 })).toBeUndefined()
  expect(healthInterval({ ...base, healthCheckRunEvery: 5 })).toBe(300_000)
  expect(healthInterval({ ...base, healthCheckRunEvery: 2, healthCheckRunUnit: 'days' })).toBe(172_800_000)
  expect(healthInterval({ ...base, healthCheckRunEvery: 5, isActive: false })).toBeUndefined()
  const refusal = { code: 'unserved', reason: 'x' } as const
  expect(healthInterval({ ...base, healthCheckRunEvery: 5, refusal })).toBeUndefined()
})
