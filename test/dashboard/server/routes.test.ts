import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadAssets } from '../../../src/dashboard/server/assets.js'
import { LoopbackListener } from '../../../src/dashboard/server/listener.js'
import type {
  ApiError,
  ChannelsReply,
  ConnectionReply,
  ConnectionsReply,
  LogsReply,
  SecurityReply,
  ServicesReply,
  Snippets,
  StateReply,
  TraceReply,
  TracesReply,
} from '../../../src/dashboard/shared/api.js'
import type { Trace } from '../../../src/trace/record.js'
import { startUpstream } from '../../helpers/upstream.js'
import { temporaryFolder } from '../../runtime/files.js'
import { until } from '../../runtime/until.js'
import { openDashboard } from './opened.js'

const canary = 'canary-77aa31'

async function openShop() {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  upstream.reply({ status: 200, body: '{"ok":true}' })
  const opened = await openDashboard(
    {
      'zato.yaml': `# The shop
security:
  - name: Key
    type: apikey
    password: \${KEY}
  - name: Gone
    type: basic_auth
    username: me
    password: \${NOT_THERE}
outgoing_rest:
  - name: Orders API # ours
    host: ${upstream.url}
    url_path: /customers/{customer_id}/orders
    description: What people buy
    security: Key
    samples: { customer_id: '12' }
  - name: Broken
    host: ${upstream.url}
    security: Gone
channel_rest:
  - { name: Orders, url_path: '/orders/{customer_id}', service: get-orders, method: GET }
  - { name: Lost, url_path: /lost, service: get-order }
server:
  request_timeout: \${LIMIT:-5}
`,
      'services/orders.ts': `import { Service } from 'zato-ts'
// A comment
export class GetOrders extends Service {
  static override readonly name = 'get-orders'
  async handle() {
    this.logger.info('Looking', { password: 'x', n: 1 })
    const found = await this.out.rest['Orders API'].conn.get(this.cid, { params: { customer_id: '7' } })
    this.response.payload = found.data
  }
}
`,
    },
    { KEY: canary },
  )
  return { ...opened, upstream }
}

describe('what is shown', () => {
  test('connections, channels, security and services, as they stand in the file and as they work', async () => {
    const { ask, get, server } = await openShop()
    await get('/orders/7')
    const { body: connections } = await ask<ConnectionsReply>('GET /connections')
    const [orders, broken] = connections.connections
    expect(orders).toMatchObject({
      name: 'Orders API',
      description: 'What people buy',
      isActive: true,
      file: 'zato.yaml',
      line: 11,
      urlPath: '/customers/{customer_id}/orders',
      placeholders: ['customer_id'],
      security: { name: 'Key', type: 'apikey' },
      missing: [],
      samples: { customer_id: '12' },
      usedBy: ['get-orders'],
      stats: { count: 1, errors: 0, last: { result: '200' } },
      problems: [],
    })
    expect(broken).toMatchObject({ name: 'Broken', missing: ['NOT_THERE'], usedBy: [] })

    const { body: one } = await ask<ConnectionReply>('GET /connections/Orders%20API')
    expect(one.connection).toEqual(orders)
    expect(one.source.split('\n')[0]).toBe('  - name: Orders API # ours')
    expect(one.source.split('\n')).toHaveLength(6)

    const { body: channels } = await ask<ChannelsReply>('GET /channels')
    expect(channels.url).toBe(server.url)
    expect(channels.channels).toMatchObject([
      { name: 'Orders', method: 'GET', service: 'get-orders', serviceExists: true, placeholders: ['customer_id'] },
      { name: 'Lost', method: 'any', service: 'get-order', serviceExists: false, problems: [{ code: 'ZC203' }] },
    ])
    const { body: security } = await ask<SecurityReply>('GET /security')
    expect(security.security[0]).toMatchObject({ name: 'Key', type: 'apikey', fields: { password: '${KEY}' } })
    const { body: services } = await ask<ServicesReply>('GET /services')
    expect(services.services).toMatchObject([
      { name: 'get-orders', file: 'services/orders.ts', line: 3, channels: ['Orders'], connections: ['Orders API'] },
    ])
    expect(JSON.stringify([connections, one, channels, security, services])).not.toContain(canary)
  })

  test('the state: problems, variables, what is watched', async () => {
    const { ask, root } = await openShop()
    const { body } = await ask<StateReply>('GET /state')
    expect(body.project).toMatchObject({ folder: root, file: 'zato.yaml' })
    expect(body.counts).toEqual({ connections: 2, channels: 2, services: 1 })
    expect(body.watched).toEqual(expect.arrayContaining(['zato.yaml', 'services/orders.ts', '.env']))
    expect(body.environment).toEqual([
      { name: 'KEY', isSet: true, source: 'environment', usedBy: ['security definition "Key"'] },
      { name: 'LIMIT', isSet: false, source: 'default', usedBy: ['server'] },
      { name: 'NOT_THERE', isSet: false, usedBy: ['security definition "Gone"'] },
    ])
    const missing = body.problems.find(({ code }) => code === 'ZC205')
    expect(missing).toMatchObject({ file: 'zato.yaml', line: 9, item: { section: 'security', name: 'Gone' } })
    expect(missing?.frame).toContain('password: ${NOT_THERE}')
    expect(JSON.stringify(body)).not.toContain(canary)
  })

  test('a file that cannot be taken apart leaves what stood there before, and says what is wrong', async () => {
    const { ask, write, server } = await openShop()
    await write('zato.yaml', 'outgoing_rest: [\n')
    await until(() => server.inside?.problems.some(({ code }) => code === 'ZC001'))
    const { body } = await ask<StateReply>('GET /state')
    expect(body.problems[0]).toMatchObject({ code: 'ZC001', severity: 'error', file: 'zato.yaml' })
    expect(body.reloads[0]).toMatchObject({ result: 'failed' })
    const { body: kept } = await ask<ConnectionsReply>('GET /connections')
    expect(kept.connections.map(({ name }) => name)).toEqual(['Orders API', 'Broken'])
  })

  test('traces: listed, found by their cid, pinned, removed', async () => {
    const { ask, get } = await openShop()
    await get('/orders/7')
    await get('/nowhere')
    const { body: list } = await ask<TracesReply>('GET /traces?filter=status:200&limit=1')
    expect(list.traces).toMatchObject([{ path: '/orders/7', calls: 1, logs: 1 }])
    const { id = 0, cid = '' } = list.traces[0] ?? {}
    const { body: found } = await ask<TraceReply>(`GET /traces/${cid}`)
    expect(found.traces[0]?.spans.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['channel', 'service', 'call', 'attempt', 'log']),
    )
    expect(JSON.stringify(found)).not.toContain(canary)
    expect((await ask(`PUT /trace/${id}/pin`, { isPinned: true })).status).toBe(200)
    expect((await ask('DELETE /traces')).status).toBe(200)
    expect((await ask<TracesReply>('GET /traces')).body.traces).toMatchObject([{ id, isPinned: true }])
    expect((await ask(`DELETE /trace/${id}`)).status).toBe(200)
    const { status, body: gone } = await ask<ApiError>(`GET /trace/${id}`)
    expect([status, gone.error.code]).toEqual([404, 'trace_gone'])
  })

  test('log lines, secrets hidden, from wherever one left off', async () => {
    const { ask, get } = await openShop()
    await get('/orders/7')
    const { body } = await until(async () => {
      const logs = await ask<LogsReply>('GET /logs')
      return logs.body.lines.some(({ message }) => message === 'Looking') ? logs : undefined
    })
    const line = body.lines.find(({ message }) => message === 'Looking')
    expect(line).toMatchObject({ level: 'info', service: 'get-orders' })
    expect(JSON.parse(line?.details ?? '')).toEqual({ password: '[redacted]', n: 1 })
    const { body: rest } = await ask<LogsReply>(`GET /logs?after=${line?.seq ?? 0}`)
    expect(rest.lines.every(({ seq }) => seq > (line?.seq ?? 0))).toBe(true)
  })

  test('the schema of zato.yaml', async () => {
    const { ask } = await openShop()
    const { body } = await ask('GET /schema')
    expect(body.properties).toMatchObject({ outgoing_rest: { items: { properties: { host: {} } } } })
  })
})

describe('what is done', () => {
  test('a call, a request to a channel, an invocation, a ping and a replay, each with its trace', async () => {
    const { ask, upstream } = await openShop()
    const started = [
      await ask<{ cid: string }>('POST /connections/Orders%20API/call', {
        method: 'GET',
        params: { customer_id: '5' },
      }),
      await ask<{ cid: string }>('POST /channels/Orders/try', { method: 'GET', params: { customer_id: '6' } }),
      await ask<{ cid: string }>('POST /services/get-orders/invoke', {}),
    ]
    for (const { status, body } of started) {
      expect([status, body]).toMatchObject([202, { cid: expect.any(String) as string }])
      const trace = await until(async () => {
        const { body: found } = await ask<TraceReply>(`GET /traces/${body.cid}`)
        return (found.traces as TraceReply['traces'] | undefined)?.find(({ state }) => state === 'done')
      })
      expect(trace).toMatchObject({ source: 'dashboard', calls: 1 })
    }
    expect(upstream.requests.map(({ url }) => url)).toEqual([
      '/customers/5/orders',
      '/customers/7/orders',
      '/customers/7/orders',
    ])
    expect(upstream.requests[0]?.headers['x-api-key']).toBe(canary)
    const { status, body } = await ask('POST /connections/Orders%20API/ping')
    expect([status, body]).toMatchObject([200, { state: 'reachable', status: 200 }])
    const { body: list } = await ask<TracesReply>('GET /traces?filter=kind:channel')
    const replayed = await ask(`POST /trace/${list.traces[0]?.id ?? 0}/replay`, {})
    expect(replayed.status).toBe(202)
    await until(() => upstream.requests.length === 5)
  })

  test('what was sent, and what would be, as text to be sent by hand', async () => {
    const { ask, get, upstream } = await openShop()
    await get('/orders/7')
    const { body: list } = await ask<TracesReply>('GET /traces')
    const { id = 0, cid = '' } = list.traces[0] ?? {}
    const { body: channel } = await ask<Snippets>(`GET /trace/${id}/snippets`)
    expect(channel.curl).toContain('/orders/7')
    const { body: trace } = await ask<Trace>(`GET /trace/${id}`)
    const call = trace.spans.find(({ kind }) => kind === 'call')?.id ?? 0
    const { body: sent } = await ask<Snippets>(`GET /trace/${id}/snippets?span=${call}`)
    expect(sent.curl).toContain('/customers/7/orders')
    expect(sent.curl).toContain('$KEY')
    const { body: would } = await ask<Snippets>('POST /connections/Orders%20API/snippets', {
      method: 'POST',
      params: { customer_id: '9' },
      headers: [['X-Team', 'shop']],
      body: '{"n":1}',
    })
    expect(would.curl).toContain('/customers/9/orders')
    expect(would.curl).toContain('X-Team: shop')
    expect(would.zato).toContain('customer_id=9')
    const { status, body: lacking } = await ask('POST /connections/Orders%20API/snippets', { method: 'GET' })
    expect([status, lacking.refused]).toEqual([200, expect.stringContaining('customer_id')])
    const har = await ask<{ log: { entries: unknown[] } }>(`GET /traces/${cid}/har`)
    expect(har.body.log.entries).toHaveLength(2)
    expect(har.headers.get('content-disposition')).toBe(`attachment; filename="${cid}.har"`)
    expect(JSON.stringify([channel, sent, would, har.body])).not.toContain(canary)
    expect(upstream.requests).toHaveLength(1)
  })

  test('what is asked for wrongly is refused, with the place of the mistake or the closest name', async () => {
    const { ask, upstream } = await openShop()
    const refused = async (line: string, body?: unknown) => {
      const { status, body: reply } = await ask<ApiError>(line, body)
      return [status, reply.error.code, reply.error.hint ?? reply.error.message]
    }
    const unknown = [404, 'not_found', 'did you mean "Orders API"?']
    expect(await refused('POST /connections/Order%20API/call', { method: 'GET' })).toEqual(unknown)
    expect(await refused('POST /connections/Order%20API/ping')).toEqual(unknown)
    expect(await refused('GET /connections/Order%20API')).toEqual(unknown)
    expect(await refused('POST /channels/Order/try', { method: 'GET' })).toEqual([
      404,
      'not_found',
      'did you mean "Orders"?',
    ])
    expect(await refused('POST /services/get-order/invoke', {})).toEqual([
      404,
      'not_found',
      'did you mean "get-orders"?',
    ])
    const call = (body: unknown) => refused('POST /connections/Orders%20API/call', body)
    expect(await call({ method: 'GET', timeouts: 1 })).toEqual([400, 'invalid', 'did you mean "timeout"?'])
    expect(await call({ method: 1 })).toEqual([400, 'invalid', '"method" must be text'])
    expect(await call({ method: 'GET', headers: [['a']] })).toEqual([
      400,
      'invalid',
      '"headers[0]" must be a pair of texts',
    ])
    expect(await call([])).toEqual([400, 'invalid', 'The body must be a mapping'])
    expect(await call(undefined)).toEqual([400, 'invalid', 'The body must be a mapping'])
    expect(await refused('GET /nothing')).toEqual([404, 'not_found', 'There is no "/nothing"'])
    expect(await refused('DELETE /state')).toEqual([405, 'method_not_allowed', 'it has GET'])
    expect(await refused('GET /traces?limit=-1')).toEqual([400, 'invalid', expect.any(String)])
    expect(await refused('GET /connections/%ff')).toEqual([400, 'invalid', expect.any(String)])
    expect(await refused('POST /traces', { trace: { id: 1 } })).toEqual([400, 'invalid', expect.any(String)])
    expect(await refused('POST /open-editor', { file: '../../etc/passwd' })).toMatchObject([
      403,
      'not_in_project',
      expect.any(String),
    ])
    expect(await refused('POST /open-editor', { file: '/etc/passwd' })).toEqual([
      403,
      'not_in_project',
      expect.any(String),
    ])
    expect(upstream.requests).toEqual([])
  })

  test('a trace of another process is taken over, under an id of its own', async () => {
    const { ask, get } = await openShop()
    await get('/orders/7')
    const { body: list } = await ask<TracesReply>('GET /traces')
    const { body: trace } = await ask(`GET /trace/${list.traces[0]?.id ?? 0}`)
    const { status, body } = await ask<TraceReply>('POST /traces', {
      trace: { ...trace, cid: 'elsewhere', source: 'cli' },
    })
    expect(status).toBe(200)
    expect(body.traces[0]?.id).toBeGreaterThan(list.traces[0]?.id ?? 0)
    const { body: found } = await ask<TraceReply>('GET /traces/elsewhere')
    expect(found.traces[0]?.spans).toEqual(trace.spans)
  })
})

describe('the port and the page', () => {
  test('a port that is taken, on either address, is left alone: the next free one is used', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const other = createServer().listen(0, host)
      onTestFinished(() => void other.close())
      await until(() => other.listening)
      const { port } = other.address() as { port: number }
      const listener = await LoopbackListener.open(port, (_, response) => response.end('ours'))
      onTestFinished(() => listener.close())
      expect(listener.port).not.toBe(port)
      for (const name of ['127.0.0.1', '[::1]']) {
        expect(await (await fetch(`http://${name}:${listener.port}/`)).text()).toBe('ours')
      }
    }
  })

  test('files come as the build has compressed them; every other path is the page', async () => {
    const folder = await temporaryFolder({
      'index.html': '<!doctype html>',
      'app-A1B2C3D4.js': 'plain',
      'app-A1B2C3D4.js.br': 'br',
      'favicon.svg': '<svg/>',
      'server/listener.d.ts': '',
    })
    const assets = await loadAssets(folder)
    const script = assets.find('/app-A1B2C3D4.js')
    expect([script?.isHashed, script?.plain.toString(), script?.br?.toString()]).toEqual([true, 'plain', 'br'])
    expect(assets.find('/favicon.svg')).toMatchObject({ isHashed: false, type: 'image/svg+xml' })
    const page = assets.find('/index.html')
    for (const path of ['/', '/traces', '/traces/abc.def', '/connections/api.js']) expect(assets.find(path)).toBe(page)
    for (const path of ['/app-00000000.js', '/favicon.ico']) expect(assets.find(path)).toBeUndefined()
    expect((await loadAssets(join(folder, 'none'))).find('/')).toBeUndefined()
  })
})
