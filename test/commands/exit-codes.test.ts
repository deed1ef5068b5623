import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { binary, serve } from '../helpers/serve.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'
import { type Upstream, startUpstream, unusedPort } from '../helpers/upstream.js'

/** Every exit code, reached by the real binary. */

let upstream: Upstream
let project: TemporaryProject

beforeAll(async () => {
  upstream = await startUpstream()
  project = await temporaryProject({
    'zato.yaml': `
outgoing_rest:
  - name: Up
    host: ${upstream.url}
  - name: Down
    host: http://127.0.0.1:${await unusedPort()}
channel_rest:
  - name: Hanging
    url_path: /hang
    service: hanging
  - name: Late
    url_path: /late
    service: late
`,
    'services/throwing.ts': `
      import { Service } from 'zato-ts'
      export class Throwing extends Service {
        static override readonly name = 'throwing'
        handle() { throw new Error('boom') }
      }`,
    'services/mismatch.ts': `
      import { Service } from 'zato-ts'
      const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no order', path: ['id'] }] }) } } as const
      export class Mismatch extends Service {
        static override readonly name = 'mismatch'
        async handle() { return (await this.out.rest['Up'].conn.get(this.cid, { schema })).data }
      }`,
    'services/answering.ts': `
      import { NotFound, Service } from 'zato-ts'
      export class Answering extends Service {
        static override readonly name = 'answering'
        handle() {
          const { status } = this.request.input as { status: string }
          if (status === 'thrown') throw new NotFound('no such order')
          this.response.statusCode = Number(status)
          return { status }
        }
      }`,
    'services/late.ts': `
      import { Service } from 'zato-ts'
      export class Late extends Service {
        static override readonly name = 'late'
        handle() { setTimeout(() => { throw new Error('nobody catches this') }, 10) }
      }`,
    'services/hanging.ts': `
      import { Service } from 'zato-ts'
      export class Hanging extends Service {
        static override readonly name = 'hanging'
        async handle() {
          this.logger.info('hanging')
          await new Promise((resolve) => setTimeout(resolve, 60_000))
        }
      }`,
  })
})

afterAll(() => upstream.close())
beforeEach(() => upstream.reset())

const run = (...argv: string[]) => zato(argv, { cwd: project.dir })

test('0: success', async () => {
  expect((await run('call', 'Up')).code).toBe(0)
  expect((await run('routes')).code).toBe(0)
  expect(await run('invoke', 'answering', '--params', 'status=201')).toMatchObject({
    code: 0,
    stdout: '{"status":"201"}',
  })
})

test('0: stdout closed early', async () => {
  upstream.reply({ body: 'x'.repeat(5_000_000), headers: { 'content-type': 'text/plain' } })
  const direct = spawn(process.execPath, [binary, 'call', 'Up', '-q'], {
    cwd: project.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  direct.stdout.destroy()
  let stderr = ''
  direct.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(direct, 'exit')) as [number]
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('1: a busy port', async () => {
  const busy = createServer().listen(0, '127.0.0.1')
  await once(busy, 'listening')
  const { port } = busy.address() as AddressInfo
  const { code, stderr } = await run('serve', '--port', String(port))
  busy.close()
  expect(code).toBe(1)
  expect(stderr).toContain('error[ZU004]')
  expect(stderr).toMatch(/\d+/)
})

test('1: a service that threw in invoke', async () => {
  const { code, stdout, stderr } = await run('invoke', 'throwing')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toContain('boom')
  expect(stderr).toContain('services/throwing.ts')
  expect(stderr).toContain('error[ZS500]: The service "throwing" threw')
})

test.each(['process.exit(0)', 'await new Promise(() => {})'])(
  '1: a service that ends the process: %s',
  async (ending) => {
    const leaving = await temporaryProject({
      'zato.yaml': '',
      'services/leaving.ts': `
      import { Service } from 'zato-ts'
      export class Leaving extends Service {
        static override readonly name = 'leaving'
        async handle() { ${ending} }
      }`,
    })
    const { code, stdout, stderr } = await zato(['invoke', 'leaving'], { cwd: leaving.dir })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('error[ZS502]: The process ended before the service "leaving" had answered')
  },
)

test('1: serve --no-watch ends, for its supervisor, when nobody caught an error', async () => {
  const server = await serve(project.dir, ['--no-watch'])
  void fetch(`${server.url}late`).catch(() => undefined)
  const [code] = (await once(server.process, 'exit')) as [number]
  expect(code).toBe(1)
  expect(server.events().map(({ type }) => type)).toContain('failed')
})

test('2: usage, an unknown name, a problem found by check', async () => {
  expect((await run('call')).code).toBe(2)
  expect((await run('call', 'Uq')).code).toBe(2)
  expect((await run('invoke', 'answerin')).stderr).toBe(
    'error[ZS201]: There is no service "answerin"\n  hint  did you mean "answering"?\n',
  )
  const broken = await temporaryProject({ 'zato.yaml': 'outgoing_rest:\n  - name: A\n' })
  const checked = await zato(['check'], { cwd: broken.dir })
  expect(checked.code).toBe(2)
  expect(checked.stderr).toContain('error[ZC103]')
})

describe('3, 4 and 5: the status of the reply', () => {
  for (const [status, code] of [
    [302, 3],
    [404, 4],
    [503, 5],
  ] as const) {
    test(`${status} is ${code}`, async () => {
      upstream.reply({ status, body: '{"a":1}', headers: { location: '/elsewhere' } })
      const [called, ignored, pinged, invoked] = await Promise.all([
        run('call', 'Up'),
        run('call', 'Up', '--ignore-status'),
        run('conn', 'ping', 'Up'),
        run('invoke', 'answering', '--params', `status=${status}`),
      ])
      expect(called).toMatchObject({ code, stdout: '{"a":1}' })
      expect(ignored.code).toBe(0)
      expect(pinged.code).toBe(code)
      expect(invoked.code).toBe(code)
    })
  }

  test('an error that a service chose is a reply', async () => {
    const { code, stdout } = await run('invoke', 'answering', '--params', 'status=thrown')
    expect(code).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({ detail: 'no such order', status: 404 })
  })
})

test('6: no usable reply', async () => {
  const { code, stdout, stderr } = await run('call', 'Down')
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
  expect(stderr).toContain('error[ZN102]')
  expect((await run('conn', 'ping', '--all')).code).toBe(6)
})

test('7: timeout', async () => {
  upstream.reply(() => new Promise(() => {}))
  const { code, stderr } = await run('call', 'Up', '--timeout', '0.2')
  expect(code).toBe(7)
  expect(stderr).toContain('error[ZN201]')
})

test('8: the reply did not match its schema', async () => {
  const { code, stdout, stderr } = await run('invoke', 'mismatch')
  expect({ code, stdout }).toEqual({ code: 8, stdout: '' })
  expect(stderr).toContain('error[ZN701]')
})

test('130: Ctrl-C while a call waits', async () => {
  const arrived = new Promise<void>((resolve) => {
    upstream.reply(() => {
      resolve()
      return new Promise(() => {})
    })
  })
  const child = spawn(process.execPath, [binary, 'call', 'Up'], { cwd: project.dir, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  await arrived
  child.kill('SIGINT')
  const [code, signal] = (await once(child, 'exit')) as [number, string | null]
  expect({ code, signal }).toEqual({ code: 130, signal: null })
  expect(stderr).toContain('error[ZU130]: Interrupted')
})

test('serve: 0 after its drain, 130 on the second Ctrl-C', async () => {
  const quick = await serve(project.dir)
  expect(await quick.stop()).toBe(0)

  const terminated = await serve(project.dir)
  terminated.process.kill('SIGTERM')
  const [code] = (await once(terminated.process, 'exit')) as [number]
  expect(code).toBe(0)

  const hanging = await serve(project.dir)
  const request = fetch(`${hanging.url}hang`).catch(() => undefined)
  await expect.poll(() => hanging.events().some(({ message }) => message === 'hanging'), { timeout: 5000 }).toBe(true)
  hanging.process.kill('SIGINT')
  await expect.poll(() => hanging.events().some(({ type }) => type === 'stopping'), { timeout: 5000 }).toBe(true)
  expect(hanging.process.exitCode).toBeNull()
  expect(await hanging.stop()).toBe(130)
  await request
})
