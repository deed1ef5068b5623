import { expect, onTestFinished, test } from 'vitest'
import type { Trace } from '../../src/trace/record.js'
import { startUpstream } from '../helpers/upstream.js'
import { type Serving, channels, serveProject, service } from '../runtime/serving.js'
import { until } from '../runtime/until.js'

async function project(services: Record<string, string> = {}, more = '') {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const serving = await serveProject({
    'zato.yaml': `security:
  - { name: key, type: apikey, header: X-Key, password: canary-7f3a9c21 }
outgoing_rest:
  - { name: Orders API, host: '${upstream.url}', url_path: '/customers/{customer_id}/orders', security: key }
${channels(...Object.keys(services))}${more}`,
    ...Object.fromEntries(Object.entries(services).map(([name, body]) => [`services/${name}.ts`, service(name, body)])),
  })
  return { upstream, serving, actions: serving.server.actions }
}

const done = ({ server }: Serving, id: number | undefined): Promise<Trace> =>
  until(() => {
    const trace = server.traces?.get(id ?? 0)
    return trace?.state === 'done' ? trace : undefined
  })

test('a call from the dashboard is a trace, and is repeated with credentials of the configuration', async () => {
  const { upstream, serving, actions } = await project()
  const started = await actions?.call('Orders API', {
    method: 'POST',
    params: { customer_id: '12', status: ['a', 'b'] },
    headers: [['X-Team', 'blue']],
    body: '{"n":1}',
  })
  const first = await done(serving, started?.id)
  expect(first).toMatchObject({ kind: 'call', source: 'dashboard', connection: 'Orders API', result: { status: 200 } })
  expect(first.spans.map(({ kind }) => kind)).toEqual(['call', 'attempt'])
  const again = await done(serving, (await actions?.replay(first.id))?.id)
  expect(again).toMatchObject({ replayOf: first.id, result: { status: 200 } })
  const [one, two] = upstream.requests
  expect({ method: two?.method, url: two?.url, body: two?.body.toString() }).toEqual({
    method: 'POST',
    url: one?.url,
    body: '{"n":1}',
  })
  expect(two?.headers).toMatchObject({ 'x-key': 'canary-7f3a9c21', 'x-team': 'blue' })
  const edited = await actions?.replay(first.id, { params: { customer_id: '13' }, body: '{"n":2}' })
  await done(serving, edited?.id)
  expect(upstream.requests[2]?.url).toBe('/customers/13/orders')
  expect(upstream.requests[2]?.body.toString()).toBe('{"n":2}')
})

test('a request is repeated through the listener, and says so', async () => {
  const { serving, actions } = await project({
    echo: `const { headers } = this.request.http; return { ...this.request.input as object, team: headers['x-team'], replay: headers['x-zato-ts-replay'] ?? null }`,
  })
  await serving.fetch('/echo?a=1', {
    method: 'POST',
    headers: { 'x-team': 'blue', 'content-type': 'application/json' },
    body: '{"n":1}',
  })
  const first = await until(() => serving.server.traces?.list({ filter: 'state:done' }).traces[0])
  const again = await done(serving, (await actions?.replay(first.id))?.id)
  expect(again).toMatchObject({ kind: 'channel', source: 'dashboard', replayOf: first.id, path: '/echo?a=1' })
  expect(again.cid).not.toBe(first.cid)
  const body = JSON.parse(again.spans[0]?.response?.body?.text ?? '') as Record<string, unknown>
  expect(body).toMatchObject({ n: 1, a: '1', team: 'blue', replay: '1' })
  expect(serving.server.traces?.list({ filter: 'replay:true' }).traces).toHaveLength(1)
})

test('a channel is tried with its own credentials, and a service is run and repeated', async () => {
  const { serving, actions } = await project(
    { greet: `return { hello: this.request.input }` },
    '  - { name: guarded, url_path: "/guarded/{who}", service: greet, security: key }\n',
  )
  const tried = await actions?.tryChannel('guarded', { method: 'GET', params: { who: 'a b' }, query: [['x', '1&2']] })
  const trace = await done(serving, tried?.id)
  expect(trace).toMatchObject({ path: '/guarded/a%20b?x=1%262', result: { status: 200 }, source: 'dashboard' })
  const ran = await actions?.invoke('greet', { payload: '{"n":1}', params: { p: 'q' } })
  const run = await done(serving, ran?.id)
  expect(run).toMatchObject({ kind: 'service', service: 'greet', result: { class: 'ok' } })
  expect(run.spans[0]?.response?.body?.text).toBe('{"hello":{"n":1,"p":"q"}}')
  const again = await done(serving, (await actions?.replay(run.id))?.id)
  expect(again.spans[0]?.response?.body?.text).toBe('{"hello":{"n":1,"p":"q"}}')
  await expect(actions?.invoke('gret', {})).rejects.toMatchObject({ code: 'ZU003', hint: 'did you mean "greet"?' })
})

test('what was cut or hidden is not sent again as it is shown', async () => {
  const { serving, actions } = await project({ echo: `return 'ok'` })
  await serving.fetch('/echo', { method: 'POST', body: JSON.stringify({ password: 'hunter22' }) })
  const first = await until(() => serving.server.traces?.list({ filter: 'state:done' }).traces[0])
  await expect(actions?.replay(first.id)).rejects.toThrow('its body held a secret')
  expect(await actions?.replay(first.id, { body: '{}' })).toBeDefined()
  await expect(actions?.replay(99)).rejects.toMatchObject({ code: 'ZU003' })
})

test('a ping tells whether the API is there, and a call that is cancelled ends', async () => {
  const { upstream, serving, actions } = await project()
  expect(await actions?.ping('Orders API')).toMatchObject({ state: 'reachable', method: 'HEAD', status: 200 })
  expect(serving.server.traces?.list().traces[0]).toMatchObject({ kind: 'ping' })
  upstream.reply(() => new Promise<undefined>(() => undefined))
  const started = await actions?.call('Orders API', { method: 'GET', params: { customer_id: '1' } })
  expect(actions?.cancel(started?.id ?? 0)).toBe(true)
  expect((await done(serving, started?.id)).result).toMatchObject({ class: 'aborted', code: 'ZN601' })
  await upstream.close()
  expect(await actions?.ping('Orders API')).toMatchObject({ state: 'unreachable' })
})
