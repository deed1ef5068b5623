import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ServerOptions } from '../../src/runtime/server.js'
import { readTraceFile, traceFileOf } from '../../src/runtime/trace-file.js'
import type { Trace, TraceSummary } from '../../src/trace/record.js'
import type { StoreEvent, TraceStore } from '../../src/trace/store.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'
import { type Serving, channels, serveProject, service } from '../runtime/serving.js'
import { until } from '../runtime/until.js'

/** Traces of which only the outline is kept are made when somebody looks: all that can be done with a trace can be done with them. */

interface Outlined extends Serving {
  readonly traces: TraceStore
  readonly upstream: Upstream
}

/** Ids of five requests in outline, which nobody has looked at. */
const outlines = [4, 5, 6, 7, 8]

const whole = ['channel orders', 'service orders', 'call Orders API', 'attempt attempt 1']

async function serveOutlines(options: Partial<ServerOptions> = {}): Promise<Outlined> {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const project = await serveProject(
    {
      'zato.yaml': `outgoing_rest:
  - { name: Orders API, host: '${upstream.url}', url_path: /orders }
${channels('orders', 'busy')}`,
      'services/orders.ts': service('orders', `return (await this.out.rest['Orders API']!.conn.get(this.cid)).data`),
      'services/busy.ts': service('busy', `return 'done'`),
    },
    options,
  )
  const { traces } = project.server
  if (!traces) throw new Error('Nothing is recorded')
  // More bytes than are kept in two seconds.
  const body = 'x'.repeat(5_000_000)
  await Promise.all([1, 2, 3].map(() => project.fetch('/busy', { method: 'POST', body })))
  for (let at = 0; at < outlines.length; at += 1) await project.get(`/orders?n=${at}`)
  return { ...project, traces, upstream }
}

const idsOf = (traces: readonly TraceSummary[]) => traces.map(({ id }) => id)
const toldOf = (traces: TraceStore, id: number) => traces.get(id)?.spans.map(({ kind, name }) => `${kind} ${name}`)

async function allDone(traces: TraceStore): Promise<void> {
  await until(() => traces.list({ filter: 'state:done' }).traces.length === 8)
}

test('a filter looks into them', async () => {
  const { traces } = await serveOutlines()
  await allDone(traces)
  for (const [filter, count] of [
    ['channel:orders', 5],
    ['service:ord*', 5],
    ['conn:"Orders API"', 5],
    ['path:/orders?n=3', 1],
    ['method:GET status:200 calls:>0', 5],
    ['channel:orders kind:channel dur:<20s -retries:>0 -logs:>0', 5],
    ['API', 5],
    ['service:orders status:err', 0],
    ['conn:Other', 0],
  ] as const)
    expect([filter, traces.list({ filter }).traces.length]).toEqual([filter, count])
  for (const id of outlines) {
    expect(traces.get(id)).toMatchObject({ calls: 1, attempts: 1, dropped: { details: true } })
    expect(toldOf(traces, id)).toEqual(whole)
  }
})

test('they are pinned, unpinned and removed before anybody has looked', async () => {
  const project = await serveOutlines()
  const { traces } = project
  expect(traces.pin(6, true)).toBe('done')
  expect(traces.remove(5)).toBe(true)
  expect(traces.get(5)).toBeUndefined()
  traces.clear()
  await allDoneOf(traces, [6])
  expect(toldOf(traces, 6)).toEqual(whole)
  expect(traces.list({ filter: 'pinned:true' }).traces).toHaveLength(1)
  expect(traces.pin(6, false)).toBe('done')
  await project.get('/busy')
  expect(idsOf(traces.list().traces)).toEqual([9, 6])
  for (const { id } of traces.list().traces) traces.remove(id)
  expect(traces.size).toMatchObject({ kept: 0, bytes: 0 })
})

async function allDoneOf(traces: TraceStore, ids: readonly number[]): Promise<void> {
  await until(() => idsOf(traces.list({ filter: 'state:done' }).traces).join() === ids.join())
}

test('they count in the numbers of their connection, channel and service', async () => {
  const { traces } = await serveOutlines()
  const stats = await until(() => {
    const now = traces.stats()
    return now.channels.get('orders')?.count === 5 ? now : undefined
  })
  const wanted = { count: 5, errors: 0, last: { result: '200' } }
  expect(stats.connections.get('Orders API')).toMatchObject(wanted)
  expect(stats.channels.get('orders')).toMatchObject(wanted)
  expect(stats.services.get('orders')).toMatchObject({ count: 5, errors: 0 })
})

test('what was cleared can be had back for a while, as it was, and what ran meanwhile goes on', async () => {
  const project = await serveOutlines()
  const { traces, upstream } = project
  await allDone(traces)
  const before = traces.list().traces
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  upstream.reply(async () => {
    await held
    return { body: '{}' }
  })
  const answer = project.fetch('/orders?n=late')
  await until(() => traces.size.kept === 9)
  const { bytes } = traces.size
  const events: StoreEvent[] = []
  onTestFinished(traces.subscribe((event) => events.push(event)))
  const cleared = traces.clear()
  expect(traces.size).toMatchObject({ kept: 0, bytes: 0 })
  // A second click finds nothing, and loses nothing.
  expect(traces.clear()).toBe(cleared)
  release()
  expect((await answer).status).toBe(200)
  await project.fetch('/busy')
  await until(() => traces.size.kept === 1)
  expect(traces.restore(cleared + 1)).toBe(false)
  expect(traces.restore(cleared)).toBe(true)
  expect(traces.restore(cleared)).toBe(false)
  expect(events.at(-1)?.type).toBe('restored')
  expect(idsOf(traces.list().traces)).toEqual([10, 9, ...idsOf(before)])
  await until(() => traces.list({ filter: 'state:done' }).traces.length === 10)
  expect(traces.list().traces.slice(2)).toEqual(before)
  for (const id of [...outlines, 9]) expect(toldOf(traces, id)).toEqual(whole)
  expect(traces.size.bytes).toBeGreaterThanOrEqual(bytes)
  for (const { id } of traces.list().traces) traces.remove(id)
  expect(traces.size).toMatchObject({ kept: 0, bytes: 0 })
})

test('they are kept on disk with all that is known of them', async () => {
  const { traces, root, server } = await serveOutlines({ keepTraces: true })
  await allDone(traces)
  const known = outlines.map((id) => traces.get(id))
  await server.close({ drainMs: 500 })
  const kept = await readTraceFile(traceFileOf(join(root, '.zato')))
  const ofOrders = kept.filter(({ service: name }) => name === 'orders')
  expect(ofOrders.map((trace) => ({ ...trace, id: 0 }))).toEqual(
    (JSON.parse(JSON.stringify(known)) as Trace[]).map((trace) => ({ ...trace, id: 0 })),
  )
})
