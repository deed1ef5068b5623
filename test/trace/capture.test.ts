import { expect, test } from 'vitest'
import type { Span, Trace } from '../../src/trace/record.js'
import { startUpstream } from '../helpers/upstream.js'
import { channels, serveProject, service, type Serving } from '../runtime/serving.js'
import { until } from '../runtime/until.js'
import { onTestFinished } from 'vitest'

async function api() {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  return upstream
}

const connection = (url: string, more = '') =>
  `outgoing_rest:\n  - { name: Orders API, host: '${url}', url_path: '/customers/{customer_id}/orders'${more} }\n`

const call = `const { conn } = this.out.rest['Orders API']!
    const response = await conn.get(this.cid, { params: { customer_id: '12345', status: 'pending' } })
    return response.data`

/** The newest trace, once it is over. */
async function lastTrace({ server }: Serving, test: (trace: Trace) => boolean = () => true): Promise<Trace> {
  return until(() => {
    const [newest] = server.traces?.list({ limit: 1 }).traces ?? []
    const trace = newest?.state === 'done' ? server.traces?.get(newest.id) : undefined
    return trace && test(trace) ? trace : undefined
  })
}

const told = (spans: readonly Span[]) => spans.map(({ kind, name }) => `${kind} ${name}`)

const sumOf = (span: Span | undefined) => Object.values(span?.attempt?.phases ?? {}).reduce((sum, ms) => sum + ms, 0)

test('a request leaves its channel, its service, its call and the attempt, with what was sent and what came back', async () => {
  const upstream = await api()
  upstream.reply({ body: '{"orders":[]}' })
  const project = await serveProject({
    'zato.yaml': connection(upstream.url) + channels('orders'),
    'services/orders.ts': service('orders', `this.logger.info('asking', { of: 'orders' }); ${call}`),
  })
  const cid = 'my-own-cid'
  await project.fetch('/orders?full=1', { headers: { 'x-zato-cid': cid, 'x-team': 'blue' } })
  const trace = await lastTrace(project)
  expect(trace).toMatchObject({
    cid,
    kind: 'channel',
    title: 'GET /orders?full=1',
    channel: 'orders',
    service: 'orders',
    state: 'done',
    result: { class: 'ok', status: 200 },
    calls: 1,
    attempts: 1,
    logs: 1,
    source: 'http',
  })
  expect(trace.dropped).toBeUndefined()
  expect(told(trace.spans)).toEqual([
    'channel orders',
    'service orders',
    'log info',
    'call Orders API',
    'attempt attempt 1',
  ])
  const [channel, run, log, outgoing, attempt] = trace.spans
  expect(channel?.request?.headers).toContainEqual(['x-team', 'blue'])
  expect(channel?.response?.body?.text).toBe('{"orders":[]}')
  expect(run).toMatchObject({ parentId: channel?.id, source: { file: 'services/orders.ts' }, status: 200 })
  expect(log).toMatchObject({ parentId: run?.id, log: { level: 'info', message: 'asking' } })
  expect(outgoing).toMatchObject({
    parentId: run?.id,
    status: 200,
    call: {
      method: 'GET',
      template: `${upstream.url}/customers/{customer_id}/orders`,
      url: `${upstream.url}/customers/12345/orders?status=pending`,
      params: [
        { name: 'customer_id', in: 'path', value: '12345' },
        { name: 'status', in: 'query', value: 'pending' },
      ],
    },
    response: { body: { text: '{"orders":[]}', bytes: 13, keptBytes: 13 } },
  })
  expect(outgoing?.request?.headers).toContainEqual(['X-Zato-CID', cid])
  expect(attempt).toMatchObject({ parentId: outgoing?.id, attempt: { number: 1, socket: { isReused: false } } })
  for (const span of trace.spans)
    expect(span.startMs + (span.durationMs ?? NaN)).toBeLessThanOrEqual((trace.durationMs ?? 0) + 2)
})

test('three attempts with two back-offs stand one after the other, and phases sum to their attempt', async () => {
  const upstream = await api()
  let count = 0
  upstream.reply(() => (++count < 3 ? { status: 502, body: '{}' } : { body: '{"done":true}' }))
  const project = await serveProject({
    'zato.yaml': connection(upstream.url, ', max_retries: 3, retry_sleep_time: 0.02') + channels('orders'),
    'services/orders.ts': service('orders', call),
  })
  await project.get('/orders')
  const trace = await lastTrace(project)
  expect(told(trace.spans).filter((line) => !line.startsWith('log'))).toEqual([
    'channel orders',
    'service orders',
    'call Orders API',
    'attempt attempt 1',
    'backoff back-off',
    'attempt attempt 2',
    'backoff back-off',
    'attempt attempt 3',
  ])
  const attempts = trace.spans.filter(({ kind }) => kind === 'attempt')
  expect(attempts.map(({ status }) => status)).toEqual([502, 502, 200])
  for (const attempt of attempts) expect(Math.abs(sumOf(attempt) - (attempt.durationMs ?? 0))).toBeLessThan(2)
  expect(attempts[0]?.attempt?.decision).toMatch(/^502 may pass: attempt 2 of 4 in \d+ ms$/)
  expect(attempts[1]?.attempt).toMatchObject({ socket: { isReused: true } })
  expect(Object.keys(attempts[1]?.attempt?.phases ?? {})).toEqual(['queued', 'send', 'wait', 'receive'])
  expect(trace).toMatchObject({ calls: 1, attempts: 3 })
})

test('what a service throws is shown with the line of its source', async () => {
  const project = await serveProject({
    'zato.yaml': channels('bad'),
    'services/bad.ts': service('bad', `throw new TypeError('it broke')`),
  })
  await project.get('/bad')
  const trace = await lastTrace(project)
  expect(trace.result).toEqual({ class: 'threw', status: 500, code: 'ZS500', message: 'it broke' })
  const { error } = trace.spans[1] ?? {}
  expect(error).toMatchObject({ name: 'TypeError', source: { file: 'services/bad.ts', line: 5 } })
  expect(error?.source?.frame).toContain("5 |     throw new TypeError('it broke')")
})

test('a request that hangs is seen while it does, and is complete after its process was ended', async () => {
  const upstream = await api()
  const project = await serveProject({
    'zato.yaml': `server: { stall_timeout: 0.5 }\n${connection(upstream.url)}${channels('hangs')}`,
    'services/hangs.ts': service('hangs', `await (async () => { ${call} })(); this.logger.warn('now'); for (;;);`),
  })
  const answer = project.fetch('/hangs')
  const seen = await until(() => project.server.traces?.list({ filter: 'state:running' }).traces[0])
  expect(seen).toMatchObject({ state: 'running', service: 'hangs' })
  expect((await answer).status).toBe(504)
  const trace = await lastTrace(project)
  expect(trace.result).toMatchObject({ class: 'died', status: 504, code: 'ZS504' })
  expect(told(trace.spans).slice(0, 4)).toEqual([
    'channel hangs',
    'service hangs',
    'call Orders API',
    'attempt attempt 1',
  ])
  expect(trace.spans.some(({ log }) => log?.message === 'now')).toBe(true)
  expect(trace.spans.every(({ durationMs }) => durationMs !== undefined)).toBe(true)
})

test('services that are invoked, and the calls that they make, stand under their caller', async () => {
  const upstream = await api()
  const project = await serveProject({
    'zato.yaml': connection(upstream.url) + channels('outer'),
    'services/outer.ts': service('outer', `return this.invoke('inner')`),
    'services/inner.ts': service('inner', call),
  })
  await project.get('/outer')
  const { spans } = await lastTrace(project)
  expect(told(spans)).toEqual([
    'channel outer',
    'service outer',
    'service inner',
    'call Orders API',
    'attempt attempt 1',
  ])
  expect(spans.map(({ parentId }) => parentId)).toEqual([undefined, 1, 2, 3, 4])
})

test('beyond what anyone can look at, only the outline is kept, and failures in full', async () => {
  const upstream = await api()
  const project = await serveProject({
    'zato.yaml': connection(upstream.url) + channels('orders', 'bad'),
    'services/orders.ts': service('orders', call),
    'services/bad.ts': service('bad', `throw new Error('no')`),
  })
  // More bytes than are kept in a second, and what comes in that second.
  const outline = await until(async () => {
    await project.fetch('/orders', { method: 'POST', body: 'x'.repeat(5_000_000) })
    await project.get('/orders')
    return project.server.traces?.list().traces.find(({ dropped }) => dropped?.details)
  })
  expect(outline).toMatchObject({ calls: 1, attempts: 1, result: { class: 'ok' } })
  const { spans } = project.server.traces?.get(outline.id) ?? { spans: [] }
  expect(told(spans)).toEqual(['channel orders', 'service orders', 'call Orders API', 'attempt attempt 1'])
  expect(spans[0]?.request).toBeUndefined()
  await project.fetch('/bad', { headers: { 'x-team': 'blue' } })
  const failed = await lastTrace(project)
  expect(failed.spans[0]?.request?.headers).toContainEqual(['x-team', 'blue'])
  expect(failed.spans[1]?.error?.source?.line).toBe(5)
})

test('of a request that is kept in outline, a log line and a look at it while it runs leave their marks', async () => {
  const upstream = await api()
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  upstream.reply(async () => {
    await held
    return { body: '{}' }
  })
  const project = await serveProject({
    'zato.yaml': connection(upstream.url) + channels('orders', 'busy'),
    'services/orders.ts': service('orders', `this.logger.info('asking'); ${call}`),
    'services/busy.ts': service('busy', `return 'done'`),
  })
  const { traces } = project.server
  // Until what comes next is no longer recorded in full.
  await until(async () => {
    await project.fetch('/busy', { method: 'POST', body: 'x'.repeat(5_000_000) })
    await project.get('/busy')
    return traces?.list({ limit: 1 }).traces[0]?.dropped?.details
  })
  const answer = project.fetch('/orders')
  const running = await until(() => {
    const [newest] = traces?.list({ limit: 1, filter: 'service:orders state:running' }).traces ?? []
    return newest?.logs === 1 ? newest : undefined
  })
  expect(told(traces?.get(running.id)?.spans ?? [])).toEqual(['channel orders', 'service orders', 'log info'])
  release()
  expect((await answer).status).toBe(200)
  const trace = await until(() => {
    const now = traces?.get(running.id)
    return now?.state === 'done' ? now : undefined
  })
  expect(trace).toMatchObject({ calls: 1, attempts: 1, logs: 1, dropped: { details: true }, result: { class: 'ok' } })
  expect(told(trace.spans)).toEqual([
    'channel orders',
    'service orders',
    'log info',
    'call Orders API',
    'attempt attempt 1',
  ])
})

test('no secret reaches the store, wherever it stands', async () => {
  const upstream = await api()
  const secret = 'canary-7f3a9c21'
  upstream.reply((request) => ({
    headers: { 'x-echo': String(request.headers['x-key']), 'content-type': 'application/json' },
    body: JSON.stringify({ echo: request.headers['x-key'], access_token: 'brand-new-value' }),
  }))
  const project = await serveProject({
    'zato.yaml': `security:
  - { name: key, type: apikey, header: X-Key, password: ${secret} }
${connection(upstream.url, ', security: key')}${channels('orders')}`,
    'services/orders.ts': service('orders', `this.logger.info('it is ${secret}'); ${call}`),
  })
  const response = await project.fetch(`/orders?k=${secret}&password=hunter22`, {
    method: 'POST',
    headers: { authorization: 'Basic c29tZTpib2R5', 'x-echo': secret },
    body: JSON.stringify({ password: 'hunter22', note: secret }),
  })
  expect(await response.text()).toContain(secret)
  const text = JSON.stringify(await lastTrace(project))
  expect(text).toContain('[redacted]')
  for (const hidden of [secret, 'hunter22', 'brand-new-value', 'c29tZTpib2R5']) expect(text).not.toContain(hidden)
})
