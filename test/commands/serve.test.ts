import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { binary, serve } from '../helpers/serve.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

const service = (text: string) => `
  import { Service } from 'zato-ts'
  export class Hello extends Service {
    static override readonly name = 'hello'
    handle() { return { text: '${text}' } }
  }`

let upstream: Upstream
let project: TemporaryProject

beforeAll(async () => {
  upstream = await startUpstream()
  project = await temporaryProject({
    'zato.yaml': `
server: { port: 0 }
outgoing_rest:
  - { name: Up, host: '${upstream.url}' }
  - { name: Self, host: 'http://127.0.0.1:\${ZATO_TS_PORT:-1}', url_path: /hello }
channel_rest:
  - { name: Hello, url_path: '/hello', service: hello, method: GET }
  - { name: Call, url_path: '/call', service: call }
`,
    'services/hello.ts': service('one'),
    'services/call.ts': `
      import { Service } from 'zato-ts'
      export class Call extends Service {
        static override readonly name = 'call'
        async handle() { return (await this.out.rest['Up'].conn.get(this.cid)).data }
      }`,
  })
})

afterAll(() => upstream.close())

interface Lines {
  readonly stderr: () => string
  readonly stdout: () => string
  readonly stop: () => Promise<number>
}

/** `serve` as people see it: messages on stderr, nothing on stdout. */
async function serveLines(...args: string[]): Promise<Lines & { url: string }> {
  const env = { PATH: process.env.PATH, LANG: 'C.UTF-8' }
  const child = spawn(process.execPath, [binary, 'serve', ...args], {
    cwd: project.dir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = once(child, 'exit') as Promise<[number]>
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const url = () => /http:\/\/[\w.]+:\d+/.exec(stderr)?.[0]
  await expect.poll(url, { timeout: 10_000 }).toBeDefined()
  return {
    url: url() ?? '',
    stderr: () => stderr,
    stdout: () => stdout,
    async stop() {
      child.kill('SIGINT')
      const [code] = await exited
      return code
    },
  }
}

test('serve tells its address, a curl line that works, each request, a failed call, and its end', async () => {
  const server = await serveLines()
  try {
    await expect.poll(server.stderr).toContain('Try')
    const curl = /Try +(curl .*)/.exec(server.stderr())?.[1] ?? ''
    const [shell, ...args] = ['sh', '-c', `${curl} -s`]
    const tried = spawn(shell, args)
    const [text] = (await once(tried.stdout.setEncoding('utf8'), 'data')) as [string]
    expect(JSON.parse(text)).toEqual({ text: 'one' })
    await expect
      .poll(server.stderr)
      .toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ✓ 200 GET {2}\/hello → hello +[\d.]+ ms {2}[0-9a-f]{8}\n/m)

    upstream.reply({ status: 502, body: '{}' })
    await fetch(`${server.url}/call`)
    await expect.poll(server.stderr).toMatch(/↳ ✕ 502 GET Up, [\d.]+ m?s/)
    await fetch(`${server.url}/nowhere`)
    await expect.poll(server.stderr).toMatch(/! 404 GET {2}\/nowhere/)
  } finally {
    expect(await server.stop()).toBe(0)
  }
  expect(server.stderr()).toMatch(/Stopped: 3 requests, 0 failed, up /)
  expect(server.stdout()).toBe('')
})

test('a broken file is shown with its place, and the next good save recovers', async () => {
  const server = await serveLines()
  try {
    await writeFile(join(project.dir, 'services/hello.ts'), 'export class {')
    await expect.poll(server.stderr, { timeout: 10_000 }).toContain('error[ZS101]')
    expect(server.stderr()).toContain('services/hello.ts:1:')
    expect(await (await fetch(`${server.url}/hello`)).json()).toEqual({ text: 'one' })
    await writeFile(join(project.dir, 'services/hello.ts'), service('two'))
    await expect.poll(server.stderr, { timeout: 10_000 }).toContain('recovered')
    expect(await (await fetch(`${server.url}/hello`)).json()).toEqual({ text: 'two' })
  } finally {
    await server.stop()
  }
})

test('--quiet tells problems only', async () => {
  const child = await serve(project.dir, ['--quiet'])
  await fetch(`${child.url}hello`)
  expect(child.stderr()).toBe('')
  expect(await child.stop()).toBe(0)
})

test('--json is one event a line, each versioned', async () => {
  const server = await serve(project.dir)
  await fetch(`${server.url}hello`)
  await expect.poll(() => server.events().map(({ type }) => type)).toContain('request')
  await server.stop()
  expect(server.events().every(({ v }) => v === 1)).toBe(true)
  expect(server.events().at(-1)).toMatchObject({ type: 'stopped' })
  expect(server.stderr()).toBe('')
})

test('ZATO_TS_PORT is the port that is in effect: a flag wins over the environment, that over the file', async () => {
  const wrong = await zato(['serve'], { cwd: project.dir, env: { ZATO_TS_PORT: 'many' } })
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('ZATO_TS_PORT needs a whole number')
  const server = await serve(project.dir, [], { ZATO_TS_PORT: '1' })
  expect(new URL(server.url).port).not.toBe('1')
  await server.stop()
})
