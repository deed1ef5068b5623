import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLogger } from '../../src/log.js'
import { TraceFile, readTraceFile, traceFileOf } from '../../src/runtime/trace-file.js'
import type { LiveTrace } from '../../src/trace/live-trace.js'
import { TraceStore } from '../../src/trace/store.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { until } from './until.js'

const log = createLogger(() => undefined)

function begin(store: TraceStore, title: string): LiveTrace {
  return store.begin({ cid: title, kind: 'service', title, startedAt: Date.now(), source: 'http' })
}

function run(store: TraceStore, ...titles: readonly string[]): void {
  for (const title of titles) begin(store, title).close(1, { class: 'ok' })
}

/** A store that is kept on disk, and what another server of the project would find there. */
async function keptStore() {
  const folder = await temporaryProject({ 'zato.yaml': '' })
  const store = new TraceStore()
  const file = await TraceFile.open(join(folder, 'zato.yaml'), store, log)
  const onDisk = async () => (await readTraceFile(traceFileOf(join(folder, '.zato')))).map(({ title }) => title)
  const untilThereAre = (...titles: readonly string[]) => until(async () => String(await onDisk()) === String(titles))
  return { folder, store, file, onDisk, untilThereAre }
}

test('what was cleared is not there again at the next start, and what came after it is', async () => {
  const { folder, store, untilThereAre } = await keptStore()
  run(store, 'one', 'two')
  store.pin(2, true)
  await untilThereAre('one', 'two')
  store.clear()
  await untilThereAre('two')
  run(store, 'three')
  await untilThereAre('two', 'three')
  const next = new TraceStore()
  await TraceFile.open(join(folder, 'zato.yaml'), next, log)
  expect(next.list().traces.map(({ title }) => title)).toEqual(['three', 'two'])
})

test('a clearing that was taken back brings all of them back, each once, those that ran meanwhile too', async () => {
  const { store, file, onDisk, untilThereAre } = await keptStore()
  run(store, 'one', 'two')
  const running = begin(store, 'three')
  await untilThereAre('one', 'two')
  const cleared = store.clear()
  await untilThereAre()
  running.close(1, { class: 'ok' })
  store.restore(cleared)
  run(store, 'four')
  await file.flush()
  expect(await onDisk()).toEqual(['one', 'two', 'three', 'four'])
})

test('a server that ends right after something was cleared, or deleted, leaves none of it', async () => {
  const { store, file, onDisk, untilThereAre } = await keptStore()
  run(store, 'one', 'two')
  await untilThereAre('one', 'two')
  store.remove(1)
  await file.flush()
  expect(await onDisk()).toEqual(['two'])
  store.clear()
  await file.flush()
  expect(await onDisk()).toEqual([])
})

test('what was pinned is so after a restart, however many came after it, and what was let go is not', async () => {
  const { folder, store, file } = await keptStore()
  run(store, 'one', 'two', 'three')
  await file.flush()
  store.pin(1, true)
  store.pin(2, true)
  store.pin(2, false)
  await file.flush()
  for (let restarts = 0; restarts < 2; restarts++) {
    const next = new TraceStore({ traces: 2 })
    await TraceFile.open(join(folder, 'zato.yaml'), next, log)
    expect(next.list().traces.map(({ title, isPinned }) => [title, isPinned])).toEqual([
      ['three', false],
      ['two', false],
      ['one', true],
    ])
  }
})

test('no more are pinned after a restart than may be', async () => {
  const { folder, store, file } = await keptStore()
  run(store, 'one', 'two')
  store.pin(1, true)
  store.pin(2, true)
  await file.flush()
  const next = new TraceStore({ pins: 1 })
  await TraceFile.open(join(folder, 'zato.yaml'), next, log)
  expect(next.list().traces.map(({ title, isPinned }) => [title, isPinned])).toEqual([
    ['two', false],
    ['one', true],
  ])
})
