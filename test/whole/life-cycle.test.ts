import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, get as httpGet } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { processesNaming } from '../helpers/processes.js'
import { type Serving, binary, serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { until } from '../runtime/until.js'

/** Of a shell, in which npm has set nothing. */
const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', TMPDIR: process.env.TMPDIR }

const onLinux = test.runIf(process.platform === 'linux')

const service = (name: string, body: string, imports = '') => `
import { Service } from 'zato-ts'
${imports}
export class Test extends Service {
  static override readonly name = '${name}'
  async handle() { ${body} }
}`

/** `slow` and `stream` end once there is a file `gate` in the project. */
const files = {
  'zato.yaml': `
server: { port: 0 }
channel_rest:
${['fast', 'slow', 'stream', 'loop', 'block'].map((name) => `  - { name: ${name}, url_path: /${name}, service: ${name} }`).join('\n')}
`,
  'wait.ts': `
import { existsSync } from 'node:fs'
export async function gate() {
  while (!existsSync(new URL('gate', import.meta.url))) await new Promise((resolve) => setTimeout(resolve, 20))
}`,
  'services/fast.ts': service('fast', `return 'fast'`),
  'services/slow.ts': service('slow', `await gate(); return 'slow'`, `import { gate } from '../wait.js'`),
  'services/stream.ts': service(
    'stream',
    `const bytes = (text: string) => new TextEncoder().encode(text)
     return new ReadableStream({ async start(c) { c.enqueue(bytes('begun ')); await gate(); c.enqueue(bytes('ended')); c.close() } })`,
    `import { gate } from '../wait.js'`,
  ),
  'services/loop.ts': service('loop', `this.logger.info('stuck'); for (;;);`),
  'services/block.ts': service(
    'block',
    `this.logger.info('stuck'); execSync('sleep 1000')`,
    `import { execSync } from 'node:child_process'`,
  ),
}

interface Served extends Serving {
  readonly root: string
  /** The folder for temporary files; it is in the environment of all its processes. */
  readonly temporary: string
}

async function served(args: readonly string[] = [], { root, temporary }: Partial<Served> = {}): Promise<Served> {
  const folder = root ?? (await temporaryProject(files))
  const place = temporary ?? (await temporaryProject({ '.keep': '' }))
  const serving = await serve(folder, args, { TMPDIR: place })
  onTestFinished(() => void serving.process.kill('SIGKILL'))
  return { ...serving, root: folder, temporary: place }
}

const typesOf = (server: Serving) => server.events().map(({ type }) => type)
const isStuck = (server: Serving) => server.events().some(({ message }) => message === 'stuck')
const records = (root: string) => {
  const folder = join(root, '.zato/servers')
  return existsSync(folder) ? readdirSync(folder) : []
}

async function leavesNothing({ root, temporary }: Served): Promise<void> {
  await until(() => processesNaming(temporary).length === 0, 10_000)
  await until(() => readdirSync(temporary).length === 1, 10_000)
  expect(records(root)).toEqual([])
}

function request(url: string, agent = new Agent({ keepAlive: true })): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => httpGet(url, { agent }, resolve).on('error', reject))
}

onLinux.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s lets what is in flight end, streams too, takes no new connections, and ends with 0',
  async (signal) => {
    const server = await served()
    const { url, root } = server
    const agent = new Agent({ keepAlive: true })
    await text(await request(`${url}fast`, agent))
    const slow = request(`${url}slow`, agent)
    const stream = await request(`${url}stream`)
    server.process.kill(signal)
    await until(() => typesOf(server).includes('stopping'), 10_000)
    expect(server.events().at(-1)).toMatchObject({ type: 'stopping', inFlight: 2, drainMs: 10_000 })
    await expect(request(`${url}fast`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await writeFile(join(root, 'gate'), '')
    const answer = await slow
    expect([answer.statusCode, answer.headers.connection, await text(answer)]).toEqual([200, 'close', 'slow'])
    expect(await text(stream)).toBe('begun ended')
    await until(() => server.process.exitCode !== null, 10_000)
    expect(server.process.exitCode).toBe(0)
    expect(server.events().at(-1)).toMatchObject({ type: 'stopped', requests: 3, failed: 0 })
    await leavesNothing(server)
  },
)

onLinux('a second Ctrl-C ends at once, with 130, also while a service loops for ever', async () => {
  const server = await served(['--drain', '60'])
  const lost = request(`${server.url}loop`).catch(String)
  await until(() => isStuck(server), 10_000)
  server.process.kill('SIGINT')
  await until(() => typesOf(server).includes('stopping'), 10_000)
  const asked = performance.now()
  expect(await server.stop()).toBe(130)
  expect(performance.now() - asked).toBeLessThan(5000)
  expect(await lost).toContain('socket hang up')
  await leavesNothing(server)
})

onLinux('--drain says how long requests may take: 0 breaks them off', async () => {
  const server = await served(['--drain', '0'])
  const slow = request(`${server.url}slow`).catch(String)
  const loop = request(`${server.url}loop`).catch(String)
  await until(() => isStuck(server), 10_000)
  expect(await server.stop()).toBe(0)
  expect(await slow).toContain('socket hang up')
  expect(await loop).toContain('socket hang up')
  await leavesNothing(server)
})

onLinux.each(['loop', 'block'])(
  'nothing outlives a server that is killed while a service is stuck (%s), not even what that has started',
  async (path) => {
    const server = await served()
    request(server.url + path).catch(() => undefined)
    await until(() => isStuck(server), 10_000)
    if (path === 'block') await until(() => processesNaming('sleep\u00001000').length > 0)
    server.process.kill('SIGKILL')
    await until(() => processesNaming(server.temporary).length === 0, 10_000)
    await until(() => readdirSync(server.temporary).length === 1, 10_000)
  },
)

onLinux('what nobody was left to tidy up goes with the next start', async () => {
  const first = await served()
  const record = await until(() => records(first.root).find((name) => name.endsWith('.json')))
  // As it is left by one that is killed while it writes it.
  const place = join(first.root, '.zato/servers', record)
  copyFileSync(place, `${place}.tmp`)
  for (const pid of processesNaming(first.temporary)) process.kill(pid, 'SIGSTOP')
  for (const pid of processesNaming(first.temporary)) process.kill(pid, 'SIGKILL')
  await until(() => processesNaming(first.temporary).length === 0)
  expect(readdirSync(first.temporary).length).toBe(2)
  const second = await served([], first)
  expect(second.events().some(({ type }) => type === 'other')).toBe(false)
  await until(() => readdirSync(first.temporary).length === 2)
  await until(() => records(first.root).length === 1)
  expect(await second.stop()).toBe(0)
  await leavesNothing(second)
})

onLinux.each([
  ['stdout', '--json'],
  ['stderr', '2>&1'],
])('when nobody reads %s any more, the server ends with 0 and leaves nothing', async (_, how) => {
  const root = await temporaryProject(files)
  const temporary = await temporaryProject({ '.keep': '' })
  const line = `${process.execPath} ${binary} serve ${how} | head -n 1; echo "ended with \${PIPESTATUS[0]}"`
  const child = spawn('bash', ['-c', line], { cwd: root, env: { ...process.env, TMPDIR: temporary } })
  onTestFinished(() => processesNaming(temporary).forEach((pid) => process.kill(pid, 'SIGKILL')))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const exited = once(child, 'exit')
  const port = await until(async () => {
    const [name] = records(root).filter((one) => one.endsWith('.json'))
    if (name === undefined) return undefined
    return (JSON.parse(await readFile(join(root, '.zato/servers', name), 'utf8')) as { port: number }).port
  }, 15_000)
  // Its line meets a closed pipe.
  await until(() =>
    fetch(`http://127.0.0.1:${port}/fast`).then(
      () => child.exitCode !== null,
      () => true,
    ),
  )
  await exited
  expect(output).toContain('ended with 0')
  await leavesNothing({ root, temporary } as Served)
})

test('what is started while another server of the project runs says so, and tells what to type instead', async () => {
  const first = await served()
  const port = new URL(first.url).port
  const other = await served([], first)
  const record = { type: 'other', pid: first.process.pid, url: first.url }
  await until(() => other.events().some(({ type }) => type === 'other'))
  expect(other.events().find(({ type }) => type === 'other')).toMatchObject(record)
  expect(await other.stop()).toBe(0)

  const refused = await run(['-C', first.root, 'serve', '--port', port, '--drain', '3'])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(
    new RegExp(`This project is already served by process ${first.process.pid} since \\d\\d:\\d\\d, at ${first.url}`),
  )
  const line = /zato-ts (.* serve --port \d+ --drain 3)$/m.exec(refused.stderr)?.[1] ?? ''
  expect(line).not.toContain(`--port ${port} `)
  const typed = await serveLine(line.split(' '))
  expect(typed).toContain('Channels')
  await first.stop()
})

onLinux('a port that somebody else has is told with its owner, and with a free one', async () => {
  const root = await temporaryProject(files)
  const script = `require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
  const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void owner.kill('SIGKILL'))
  const [chunk] = (await once(owner.stdout.setEncoding('utf8'), 'data')) as [string]
  const port = chunk.trim()
  const { code, stderr } = await run(['-C', root, 'serve', '--port', port])
  expect(code).toBe(1)
  expect(stderr).toContain(`error[ZU004]: Port ${port} of 127.0.0.1 is in use by process ${owner.pid} (node`)
  expect(stderr).toMatch(/hint {2}port (\d+) is free: zato-ts -C \S+ serve --port \1\n/)
  expect(stderr.trim().split('\n').length).toBe(2)
})

test('the line that a busy port suggests is the whole line that was typed', async () => {
  const root = await temporaryProject(files)
  const owner = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void owner.close())
  await once(owner, 'listening')
  const port = String((owner.address() as AddressInfo).port)
  const rest = ['--no-dashboard', '--keep-traces', '--drain', '3', '--json', '--quiet']
  const { stderr } = await run(['-C', root, 'serve', '--port', port, ...rest])
  const { error } = JSON.parse(stderr) as { error: { hint: string } }
  expect(error.hint).toMatch(new RegExp(`serve --port \\d+ ${rest.join(' ')}$`))
  const other = await run(['-C', root, 'serve', '--port', port, '--dashboard-port', '0', '--open', '--verbose'])
  expect(other.stderr).toMatch(/serve --port \d+ --dashboard-port 0 --open --verbose\n/)
})

const firstFree = () => Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
const nobody = 65_534

onLinux('a port that this user may not have is one line, with a free one, and exit code 1', async ({ skip }) => {
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? { uid: nobody, gid: nobody } : {}
  if (firstFree() <= 80) skip('anybody may have port 80 here')
  const { status } = spawnSync(process.execPath, [binary, '--version'], { ...user, env })
  if (status !== 0) skip('these files cannot be read by another user')
  const root = await temporaryProject(files)
  if (isRoot) await chown(root, nobody, nobody)
  for (const how of [[], ['--no-watch']]) {
    const { code, stderr } = await run(['-C', root, 'serve', '--port', '80', ...how], user)
    expect(code).toBe(1)
    const lines = stderr.trimEnd().split('\n')
    expect(lines[0]).toBe('error[ZU004]: Port 80 of 127.0.0.1 may not be bound by this user')
    expect(lines[1]).toMatch(/^ {2}hint {2}port (\d+) is free: zato-ts -C \S+ serve --port \1( --\S+)?$/)
    expect(lines).toHaveLength(2)
    expect(records(root)).toEqual([])
  }
})

test('records of servers that are gone, and what is no record, are nobody; a folder that cannot be written is no failure', async () => {
  const root = await temporaryProject(files)
  const folder = join(root, '.zato/servers')
  await mkdir(folder, { recursive: true })
  const record = { v: 1, machine: 'another', file: join(root, 'zato.yaml'), url: 'x', host: 'x', port: 1, since: 0 }
  await writeFile(join(folder, '1-a.json'), JSON.stringify({ ...record, pid: process.pid }))
  await writeFile(join(folder, '2-b.json'), '{ broken')
  const first = await served([], { root })
  await until(() => records(root).length === 3)
  expect(first.events().some(({ type }) => type === 'other')).toBe(false)
  expect(await readFile(join(root, '.zato/.gitignore'), 'utf8')).toBe('*\n')
  await first.stop()

  const unwritable = await temporaryProject({ ...files, '.zato': 'a file' })
  const second = await served([], { root: unwritable })
  expect(await (await fetch(`${second.url}fast`)).text()).toBe('fast')
  expect(await second.stop()).toBe(0)
})

test.each([
  ['::1', /^http:\/\/\[::1\]:\d+\/$/, false],
  ['::', /^http:\/\/localhost:\d+\/$/, true],
  ['0.0.0.0', /^http:\/\/localhost:\d+\/$/, true],
])('--host %s binds there and tells an address that works', async (host, shape, isOpen) => {
  const server = await served(['--host', host])
  expect(server.url).toMatch(shape)
  expect(await (await fetch(`${server.url}fast`)).text()).toBe('fast')
  const warnings = server.events().filter(({ type, level }) => type === 'log' && level === 'warn')
  expect(warnings.map(({ message }) => message)).toEqual(
    isOpen ? [`Listening on ${host}: other machines can call the channels, and Host and Origin are not checked`] : [],
  )
  expect(await server.stop()).toBe(0)
})

async function run(
  args: readonly string[],
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [binary, ...args], { ...user, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>])
  return { code, stderr }
}

/** Starts what was printed, and gives what it says once it is up. */
async function serveLine(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [binary, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  await until(() => stderr.includes('Channels') || child.exitCode !== null, 15_000)
  return stderr
}
