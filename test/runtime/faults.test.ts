import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { plainFolder, temporaryFolder } from './files.js'
import { channels, serveProject, service } from './serving.js'
import { until } from './until.js'

const good = service('good', `return 'good'`)

test('a service that ends its process costs its caller a 500 and nobody else anything', async () => {
  const project = await serveProject({
    'zato.yaml': channels('good', 'bad'),
    'services/good.ts': good,
    'services/bad.ts': service('bad', `this.logger.info('last words'); process.exit(3)`),
  })
  const response = await project.fetch('/bad')
  expect(response.status).toBe(500)
  const { cid } = (await response.json()) as { cid: string }
  expect(await project.get('/good')).toBe('good')
  expect(await project.event('died')).toMatchObject({
    code: 'ZS502',
    reason: 'exited with code 3',
    culprit: { cid, service: 'bad', channel: 'bad' },
    place: { file: join(project.root, 'services/bad.ts'), line: 5 },
    requests: [],
  })
  expect(project.logs.map(({ message }) => message)).toContain('last words')
  expect(project.logs.find(({ level }) => level === 'error')?.message).toContain('exited with code 3')
})

test('a process that is killed is replaced', async () => {
  const project = await serveProject({
    'zato.yaml': channels('good', 'pid'),
    'services/good.ts': good,
    'services/pid.ts': service('pid', 'return String(process.pid)'),
  })
  process.kill(Number(await project.get('/pid')), 'SIGKILL')
  await project.event('died', ({ reason }) => reason === 'was ended by SIGKILL')
  expect(await project.get('/good')).toBe('good')
})

test('a service that exhausts the heap is named as such', async () => {
  const project = await serveProject({
    'zato.yaml': `server: { max_memory: 48 MB, stall_timeout: 0 }\n${channels('good', 'greedy')}`,
    'services/good.ts': good,
    'services/greedy.ts': service(
      'greedy',
      `const kept: number[][] = []; for (;;) kept.push(Array.from({ length: 10_000 }, Math.random))`,
    ),
  })
  expect((await project.fetch('/greedy')).status).toBe(500)
  const { reason } = await project.event('died')
  expect(reason).toBe('ran out of memory (server.max_memory is 48 MB)')
  expect(await project.get('/good')).toBe('good')
})

test('an error that nobody catches is logged with its place, and the process is replaced without a failed request', async () => {
  const project = await serveProject({
    'zato.yaml': channels('late'),
    'services/late.ts': service(
      'late',
      `setTimeout(() => { throw new Error('too late') }, 1)
    return String(process.pid)`,
    ),
  })
  const first = await project.get('/late')
  const entry = await until(() => project.logs.find(({ message }) => message.includes('too late')))
  expect(entry.level).toBe('error')
  expect(entry.fields?.at).toBe(`${join(project.root, 'services/late.ts')}:5:30`)
  await until(async () => (await project.get('/late')) !== first)
  expect(project.eventsOf('request').every(({ statusCode }) => statusCode === 200)).toBe(true)
  expect(project.eventsOf('died')).toEqual([])
})

test('a rejection that nobody handles is treated the same', async () => {
  const project = await serveProject({
    'zato.yaml': channels('late'),
    'services/late.ts': service('late', `void Promise.reject(new Error('floating')); return String(process.pid)`),
  })
  const first = await project.get('/late')
  await until(() => project.logs.some(({ message }) => message.includes('floating')))
  await until(async () => (await project.get('/late')) !== first)
})

test('a module that ends its process while it loads is a problem, and the last good version serves', async () => {
  const project = await serveProject({ 'zato.yaml': channels('good'), 'services/good.ts': good })
  await project.write('services/bad.ts', 'process.exit(0)')
  const { problems } = await project.event('problems')
  expect(problems[0]?.message).toBe('The process of the services exited with code 0 while they loaded')
  expect(problems[0]).toMatchObject({ file: join(project.root, 'services/bad.ts'), line: 1, column: 9 })
  expect(await project.get('/good')).toBe('good')
})

test('a module that loops while it loads is a problem that names the line, and the last good version serves', async () => {
  const stallTimeout = 'server: { stall_timeout: 0.3 }\n'
  const project = await serveProject({ 'zato.yaml': stallTimeout + channels('good'), 'services/good.ts': good })
  await project.write('services/bad.ts', `export const ready = true\nfor (;;) Math.sqrt(2)\n`)
  const { problems } = await project.event('problems')
  expect(problems[0]).toMatchObject({
    code: 'ZS102',
    message:
      'The process of the services was ended because it did nothing else for 0.3 s (server.stall_timeout) while they loaded',
    file: join(project.root, 'services/bad.ts'),
    line: 2,
  })
  expect(problems[0]?.frame).toContain('for (;;)')
  expect(await project.get('/good')).toBe('good')
})

test('a module that exhausts the heap while it loads is a problem that names it', async () => {
  const maxMemory = 'server: { max_memory: 192 MB, stall_timeout: 0 }\n'
  const project = await serveProject({ 'zato.yaml': maxMemory + channels('good'), 'services/good.ts': good })
  await project.write(
    'services/bad.ts',
    `const kept: unknown[] = []\nfor (;;) kept.push([kept.length, Math.random()])\n`,
  )
  const { problems } = await project.event('problems')
  expect(problems[0]?.message).toContain('ran out of memory (server.max_memory is 192 MB) while they loaded')
  expect(problems[0]).toMatchObject({ file: join(project.root, 'services/bad.ts'), line: 2 })
  expect(await project.get('/good')).toBe('good')
})

test('a module that never ends loading gives way to the next save', async () => {
  const project = await serveProject({ 'zato.yaml': channels('good'), 'services/good.ts': good })
  await project.write('services/bad.ts', 'for (;;);')
  await project.event('reloading')
  await project.write('services/bad.ts', 'export {}')
  await project.write('services/good.ts', service('good', `return 'better'`))
  await project.answers('/good', 'better')
})

test('services that die at once again and again are loaded less and less often', async () => {
  const project = await serveProject({
    'zato.yaml': channels('good'),
    'services/good.ts': `setTimeout(() => process.exit(1), 100)\n${good}`,
  })
  const pauses = () =>
    project.logs.flatMap(({ message }) => {
      const seconds = /^The services fail again and again: the next try is in ([\d.]+) s, or at the next save$/.exec(
        message,
      )
      return seconds ? [Number(seconds[1])] : []
    })
  await until(() => pauses().length >= 3)
  expect(pauses().slice(0, 3)).toEqual([0.1, 0.2, 0.4])
  await project.write('services/good.ts', good)
  await project.answers('/good', 'good')
})

test('after a death the last good version is served even if what is on disk is broken', async () => {
  const project = await serveProject({
    'zato.yaml': channels('good', 'bad'),
    'services/good.ts': good,
    'services/bad.ts': service('bad', 'process.exit(1)'),
  })
  await project.write('services/broken.ts', 'export const = 1')
  await project.event('problems')
  await project.fetch('/bad')
  await project.answers('/good', 'good')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Processes whose command line names this folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}

interface ServedApart {
  readonly main: ChildProcess
  readonly url: string
  readonly temporary: string
  /** What it has logged so far. */
  readonly output: () => string
}

/** A server in a process of its own, with a temporary folder of its own. */
async function serveApart(files: Readonly<Record<string, string>>): Promise<ServedApart> {
  const root = await temporaryFolder(files)
  const temporary = await plainFolder()
  const server = new URL('../../dist/runtime/server.js', import.meta.url).href
  const code = `import { startServer } from ${JSON.stringify(server)}
    const server = await startServer({ file: ${JSON.stringify(join(root, 'zato.yaml'))}, env: process.env, port: 0, watch: true,
      logSink: ({ message }) => console.log(message), onEvent: (event) => event.type === 'ready' && console.log(event.url) })
    process.on('SIGTERM', () => server.close())`
  const main = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void main.kill('SIGKILL'))
  let output = ''
  main.stdout.on('data', (text: Buffer) => (output += text.toString()))
  const url = await until(() => /^http:\S+$/m.exec(output)?.[0])
  return { main, url, temporary, output: () => output }
}

const looping = {
  'zato.yaml': channels('good', 'loop'),
  'services/good.ts': good,
  'services/loop.ts': service('loop', `this.logger.info('looping'); for (;;);`),
}

test.runIf(process.platform === 'linux')(
  'no process and no file outlives a main process that is killed while a service loops',
  async () => {
    const { main, url, temporary, output } = await serveApart(looping)
    fetch(new URL('/loop', url)).catch(() => undefined)
    await until(() => output().includes('looping'))
    expect(processesOf(temporary).length).toBeGreaterThan(0)
    main.kill('SIGKILL')
    await until(() => processesOf(temporary).length === 0 && readdirSync(temporary).length === 0)
  },
)

test.runIf(process.platform === 'linux')(
  'a server that is closed leaves no process and no file, and its process ends by itself',
  async () => {
    const { main, url, temporary } = await serveApart(looping)
    expect(await (await fetch(new URL('/good', url), { headers: { connection: 'close' } })).text()).toBe('good')
    const ended = new Promise((resolve) => main.on('exit', (code) => resolve(code)))
    main.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(processesOf(temporary)).toEqual([])
    expect(readdirSync(temporary)).toEqual([])
  },
)

test('closing twice is closing once, and a busy port is an error that leaves nothing behind', async () => {
  const project = await serveProject({ 'zato.yaml': channels('good'), 'services/good.ts': good })
  await expect(serveProject({ 'zato.yaml': '' }, { port: project.server.port })).rejects.toMatchObject({
    code: 'ZU004',
  })
  await Promise.all([project.server.close(), project.server.close()])
  await project.server.close()
  await expect(project.get('/good')).rejects.toThrow()
  expect(pathToFileURL(project.root).protocol).toBe('file:')
})

test('a process that cannot start is a problem that says why, and the last good version serves', async () => {
  const project = await serveProject({ 'zato.yaml': channels('good'), 'services/good.ts': good })
  await project.write('.env', 'NODE_OPTIONS=--no-such-option\n')
  const { problems } = await project.event('problems')
  expect(problems[0]?.message).toContain('--no-such-option')
  expect(await project.get('/good')).toBe('good')
  await project.write('.env', '')
  await project.event('recovered')
})

test('the debugger is always that of the current generation', async () => {
  const port = await freePort()
  const project = await serveProject({ 'zato.yaml': channels('good'), 'services/good.ts': good }, { inspect: port })
  const debuggerOf = async () => {
    const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { id: string }[]
    return list[0]?.id
  }
  const before = await until(debuggerOf)
  await project.write('services/good.ts', service('good', `return 'better'`))
  await project.answers('/good', 'better')
  const after = await until(debuggerOf)
  expect(after).not.toBe(before)
})
