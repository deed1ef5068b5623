import { EventEmitter } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { watch as chokidarWatch } from 'chokidar'
import { expect, onTestFinished, test } from 'vitest'
import { type PollingReason, type StartWatching, Watcher } from '../../src/runtime/watch.js'
import { temporaryFolder, write } from './files.js'
import { until } from './until.js'

/** Stands in for a file system that tells of nothing, or only of an error: no such thing can be mounted in a test. */
function mute(error?: NodeJS.ErrnoException): ReturnType<StartWatching> {
  const watcher = new EventEmitter()
  setImmediate(() => {
    if (error) watcher.emit('error', error)
    watcher.emit('ready')
  })
  return Object.assign(watcher, { add: () => undefined, close: () => Promise.resolve() }) as never
}

async function watching(first: StartWatching) {
  const root = await temporaryFolder({ 'services/a.ts': '1', 'zato.yaml': 'a' })
  const changes: string[] = []
  const reasons: PollingReason[] = []
  const errors: unknown[] = []
  let starts = 0
  const watcher = new Watcher({
    onChange: (file) => changes.push(file),
    onError: (error) => errors.push(error),
    onPolling: (reason) => reasons.push(reason),
    start: (folders, options) => (starts++ === 0 ? first : chokidarWatch)(folders, options),
    silenceMs: 50,
  })
  onTestFinished(() => watcher.close())
  const folder = join(root, 'services')
  await watcher.watch({ folder, files: [join(root, 'zato.yaml'), join(folder, 'a.ts')] })
  return { root, folder, changes, reasons, errors }
}

test('where nothing is told of changes, files are looked at instead, and that is said once', async () => {
  const { root, changes, reasons } = await watching(() => mute())
  let n = 0
  await until(async () => {
    await write(join(root, 'zato.yaml'), `b${++n}`)
    return changes.includes(join(root, 'zato.yaml'))
  })
  await until(async () => {
    await write(join(root, 'services/new.ts'), `${++n}`)
    return changes.includes(join(root, 'services/new.ts'))
  })
  expect(reasons).toEqual(['silent'])
})

test('a service file that nobody tells of is noticed when it comes and when it goes', async () => {
  const { root, changes } = await watching(() => mute())
  let n = 0
  await until(async () => {
    await write(join(root, `services/new${++n}.ts`), '1')
    return changes.length > 0
  })
  const [file = ''] = changes.splice(0)
  await rm(file)
  await until(() => changes.includes(file))
})

test('where the system watches no more files, they are looked at', async () => {
  const full = Object.assign(new Error('no space left on device, watch'), { code: 'ENOSPC' })
  const { root, changes, reasons, errors } = await watching(() => mute(full))
  let n = 0
  await until(async () => {
    await write(join(root, 'services/a.ts'), `${++n}`)
    return changes.includes(join(root, 'services/a.ts'))
  })
  expect(reasons).toEqual(['too-many'])
  expect(errors).toEqual([])
})

test('where changes are told of, nothing is looked at', async () => {
  const { root, changes, reasons } = await watching(chokidarWatch)
  for (let n = 0; n < 20; n++) {
    const told = changes.length
    // A write that follows an event at once may hide behind it.
    await until(async () => {
      await write(join(root, 'services/a.ts'), `${n} ${performance.now()}`)
      return changes.length > told
    })
  }
  expect(reasons).toEqual([])
})
