import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { LogEntry } from '../../src/log.js'
import { loadProject } from '../../src/project/read.js'
import { invokeService } from '../../src/runtime/invoke.js'
import { inspectServices } from '../../src/runtime/services.js'
import { startProject } from '../../src/testing.js'
import { temporaryFolder } from './files.js'
import { channels, serveProject, service } from './serving.js'

const files = { 'zato.yaml': channels('a'), 'services/a.ts': service('a', `return { got: this.request.input }`) }

async function projectOf(contents: Readonly<Record<string, string>>) {
  const root = await temporaryFolder(contents)
  return (await loadProject({ file: join(root, 'zato.yaml'), env: {} })).project
}

test('without watching, services run in this process', async () => {
  const project = await serveProject(
    { ...files, 'services/a.ts': service('a', 'return String(process.pid)') },
    { watch: false },
  )
  expect(await project.get('/a')).toBe(String(process.pid))
  expect(project.eventsOf('ready')).toMatchObject([{ routes: 1, services: 1 }])
  expect(await readFile(join(project.root, 'zato-env.d.ts'), 'utf8')).toContain('RestConnections')
})

test.each([
  ['services that do not compile', { ...files, 'services/b.ts': 'export const = 1' }, 'ZS101'],
  ['services that do not load', { ...files, 'services/b.ts': 'throw new Error("At load")' }, 'ZS102'],
  ['an unreadable project file', { ...files, 'zato.yaml': 'chanel_rest: []' }, 'ZC101'],
])('without watching, %s are an error at start', async (_, contents, code) => {
  await expect(serveProject(contents, { watch: false })).rejects.toMatchObject({ code, problems: [{ code }] })
})

test('without watching, an error that nobody catches is logged and says that the server must end', async () => {
  const project = await serveProject(
    { ...files, 'services/a.ts': service('a', `setTimeout(() => { throw new Error('late') }, 1); return 1`) },
    { watch: false },
  )
  const runners = process.listeners('uncaughtException').filter((listener) => !listener.toString().includes('#fail'))
  for (const listener of runners) process.off('uncaughtException', listener)
  onTestFinished(() => runners.forEach((listener) => process.on('uncaughtException', listener)))
  await project.get('/a')
  expect((await project.server.failed).message).toBe('Error: late')
  expect(JSON.stringify(project.logs)).toContain('late')
})

test('a service is invoked without HTTP, with parameters, payload and cid', async () => {
  const logs: LogEntry[] = []
  const outcome = await invokeService({
    project: await projectOf({
      ...files,
      'services/a.ts': service('a', `this.logger.info('hi'); return { got: this.request.input }`),
    }),
    service: 'a',
    body: Buffer.from('{"b":1}'),
    params: { p: 'x' },
    cid: 'my-cid',
    logSink: (entry) => logs.push(entry),
    signal: new AbortController().signal,
  })
  expect(outcome.statusCode).toBe(200)
  expect(JSON.parse(Buffer.from(outcome.body as Uint8Array).toString())).toEqual({ got: { b: 1, p: 'x' } })
  expect(logs).toMatchObject([{ message: 'hi', cid: 'my-cid', service: 'a' }])
})

test('an invoked service may stream', async () => {
  const body = `return new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('all')); c.close() } })`
  const outcome = await invokeService({
    project: await projectOf({ ...files, 'services/a.ts': service('a', body) }),
    service: 'a',
    body: new Uint8Array(),
    logSink: () => undefined,
    signal: new AbortController().signal,
  })
  expect(await new Response(outcome.body as never).text()).toBe('all')
})

test('the services of a project are listed, with where they are', async () => {
  const project = await projectOf(files)
  const { services, problems } = await inspectServices({ project })
  expect(problems).toEqual([])
  expect(services).toEqual([{ name: 'a', file: join(project.root, 'services/a.ts'), exportName: 'Test', verbs: [] }])
})

test('looking at services that end the process or do not compile gives problems and no harm', async () => {
  const exiting = await inspectServices({ project: await projectOf({ ...files, 'services/b.ts': 'process.exit(0)' }) })
  expect(exiting).toMatchObject({ services: [], problems: [{ code: 'ZS102' }] })
  const broken = await inspectServices({ project: await projectOf({ ...files, 'services/b.ts': 'export const = 1' }) })
  expect(broken).toMatchObject({ services: [], problems: [{ code: 'ZS101', line: 1, column: 14 }] })
})

test('a project is started for a test, and leaves the environment and the disk as they were', async () => {
  const root = await temporaryFolder({
    'zato.yaml': channels('a', 'bad'),
    '.env': 'ZATO_TS_TEST_VALUE=file\n',
    'services/a.ts': service('a', 'return { got: this.request.input, env: process.env.ZATO_TS_TEST_VALUE }'),
    'services/bad.ts': service('bad', `this.logger.warn('oops'); this.response.statusCode = 418; return 'no'`),
  })
  const before = readdirSync(root)
  const project = await startProject({ cwd: join(root, 'services') })
  const response = await project.fetch('/a?x=1', { method: 'POST', body: '{"y":2}' })
  expect(await response.json()).toEqual({ got: { x: '1', y: 2 }, env: 'file' })
  expect(await project.invoke('a', { z: 3 })).toMatchObject({
    statusCode: 200,
    payload: { got: { z: 3 }, env: 'file' },
  })
  expect(await project.invoke('bad')).toMatchObject({ statusCode: 418, payload: 'no' })
  expect(project.logs).toMatchObject([{ level: 'warn', message: 'oops', service: 'bad' }])
  await project.close()
  expect(process.env.ZATO_TS_TEST_VALUE).toBeUndefined()
  expect(readdirSync(root)).toEqual(before)
})

test('values that a test gives win over those of the files', async () => {
  const root = await temporaryFolder({
    ...files,
    '.env': 'ZATO_TS_TEST_VALUE=file\n',
    'services/a.ts': service('a', 'return this.environ.ZATO_TS_TEST_VALUE'),
  })
  const project = await startProject({ cwd: root, env: { ZATO_TS_TEST_VALUE: 'test' } })
  onTestFinished(() => project.close())
  expect(await (await project.fetch('/a')).text()).toBe('test')
})
