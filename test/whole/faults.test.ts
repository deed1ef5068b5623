import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Serving, serve } from '../helpers/serve.js'
import { until } from '../runtime/until.js'

/** All that a service can do to its process, done to one server, which answers throughout. */
interface Fault {
  readonly name: string
  /** Body of the service. The line that the log has to name ends in `// here`. */
  readonly body: string
  /** What its caller gets. */
  readonly status: number
  /** Code of the log line, and what it says. */
  readonly code: string
  readonly says: RegExp
  /** Nobody is accused on a guess: this is only known of a request that was alone. */
  readonly isAlone?: boolean
}

const never = 'await new Promise(() => undefined)'

/** The process goes on, so that what else is in flight ends as if nothing had happened. */
const late: readonly Fault[] = [
  {
    name: 'throw-in-timer',
    body: `setTimeout(() => {
      throw new Error('too late') // here
    }, 5)
    ${never}`,
    status: 500,
    code: 'ZS501',
    says: /Error: too late/,
  },
  {
    name: 'throw-in-microtask',
    body: `queueMicrotask(() => {
      throw new TypeError('in between') // here
    })
    ${never}`,
    status: 500,
    code: 'ZS501',
    says: /TypeError: in between/,
  },
  {
    name: 'floating-rejection',
    body: `const save = async () => {
      await sleep(5)
      throw new Error('not saved') // here
    }
    void save()
    ${never}`,
    status: 500,
    code: 'ZS501',
    says: /Error: not saved/,
  },
  {
    name: 'rejection-that-is-no-error',
    body: `void Promise.reject(null)
    ${never}`,
    status: 500,
    code: 'ZS501',
    says: /of this service: a promise was rejected with null$/,
  },
  {
    name: 'error-event',
    body: `const emitter = new EventEmitter()
    setTimeout(() => emitter.emit('error', new Error('unheard')), 5) // here
    ${never}`,
    status: 500,
    code: 'ZS501',
    says: /Error: unheard/,
  },
  {
    name: 'after-the-reply',
    body: `setTimeout(() => {
      throw new Error('afterwards') // here
    }, 30)
    return 'done'`,
    status: 200,
    code: 'ZS501',
    says: /Error: afterwards/,
  },
  {
    name: 'in-invoked',
    body: `return this.invoke('throw-in-timer')`,
    status: 500,
    code: 'ZS501',
    says: /Error: too late/,
  },
]

/** The process is gone. */
const deadly: readonly Fault[] = [
  {
    name: 'exit',
    body: `process.exit(3) // here`,
    status: 500,
    code: 'ZS502',
    says: /exited with code 3: the service "exit" called process\.exit at/,
  },
  {
    name: 'exit-later',
    body: `await sleep(5)
    setTimeout(() => process.exit(0), 5) // here
    ${never}`,
    status: 500,
    code: 'ZS502',
    says: /exited with code 0: the service "exit-later" called process\.exit at/,
  },
  {
    name: 'abort',
    body: `await sleep(1)
    process.abort() // here`,
    status: 500,
    code: 'ZS502',
    says: /was ended by SIGABRT: the service "abort" called process\.abort at/,
  },
  {
    name: 'segfault',
    body: `process.kill(process.pid, 'SIGSEGV') // here
    ${never}`,
    status: 500,
    code: 'ZS502',
    says: /was ended by SIGSEGV: the service "segfault" called process\.kill at/,
  },
  {
    name: 'segfault-in-native-code',
    body: `spawn('kill', ['-SEGV', String(process.pid)]) // as native code would
    ${never}`,
    status: 500,
    code: 'ZS502',
    says: /was ended by SIGSEGV: the service "segfault-in-native-code" was the only one at work$/,
    isAlone: true,
  },
  {
    name: 'loop',
    body: `for (;;) this.cid.charCodeAt(0) // here`,
    status: 504,
    code: 'ZS504',
    says: /did nothing else for 0.4 s \(server\.stall_timeout\): the service "loop" was running at/,
  },
  {
    name: 'loop-after-await',
    body: `await sleep(5)
    while (true) Math.sqrt(2) // here`,
    status: 504,
    code: 'ZS504',
    says: /the service "loop-after-await" was running at/,
  },
  {
    name: 'loop-of-microtasks',
    body: `for (;;) await this.cid // here`,
    status: 504,
    code: 'ZS504',
    says: /the service "loop-of-microtasks" was running at/,
  },
  {
    name: 'regular-expression',
    body: `return /(a+)+$/.test('a'.repeat(60) + 'b') // here`,
    status: 504,
    code: 'ZS504',
    says: /the service "regular-expression" was running at/,
  },
  {
    name: 'blocking-program',
    body: `execSync('exec sleep 5') // here`,
    status: 504,
    code: 'ZS504',
    says: /the service "blocking-program" called execSync at/,
  },
  {
    name: 'blocking-read',
    body: `execFileSync('mkfifo', [import.meta.dirname + '/fifo'])
    readFileSync(import.meta.dirname + '/fifo') // nobody writes into it`,
    status: 504,
    code: 'ZS504',
    says: /did nothing else for 0.4 s \(server\.stall_timeout\): the service "blocking-read" was the only one at work$/,
    isAlone: true,
  },
  {
    name: 'blocking-wait',
    body: `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) // here`,
    status: 504,
    code: 'ZS504',
    says: /the service "blocking-wait" was running at/,
  },
]

/** The process runs out of memory. */
const greedy: readonly Fault[] = [
  {
    name: 'heap-array',
    body: `const kept: number[][] = []
    for (;;) kept.push(Array.from({ length: 1000 }, Math.random)) // here`,
    status: 500,
    code: 'ZS503',
    says: /ran out of memory \(server\.max_memory is 48 MB\): the service "heap-array" was running at/,
  },
  {
    name: 'heap-map',
    body: `const kept = new Map<number, object>()
    for (let i = 0; ; i++) kept.set(i, { i }) // here`,
    status: 500,
    code: 'ZS503',
    says: /ran out of memory \(server\.max_memory is 48 MB\): the service "heap-map" was running at/,
  },
  {
    name: 'heap-string',
    body: `const kept: string[] = []
    for (;;) kept.push(Buffer.alloc(100_000, 'abc').toString('latin1')) // here`,
    status: 500,
    code: 'ZS503',
    says: /ran out of memory \(server\.max_memory is 48 MB\): the service "heap-string" was running at/,
  },
  {
    name: 'heap-at-once',
    body: `const kept: unknown[] = []
    for (;;) kept.push(new Array(2 ** 24).fill(1.5))`,
    status: 500,
    code: 'ZS503',
    says: /ran out of memory \(server\.max_memory is 48 MB\): the service "heap-at-once" was/,
    isAlone: true,
  },
  {
    name: 'leak',
    body: `const kept: unknown[] = []
    for (;;) {
      kept.push(Array.from({ length: 20_000 }, Math.random))
      await sleep(1)
    }`,
    status: 500,
    code: 'ZS503',
    says: /ran out of memory \(server\.max_memory is 48 MB\): the service "leak" was/,
    isAlone: true,
  },
  {
    name: 'buffers',
    body: `const kept: Buffer[] = []
    for (;;) kept.push(Buffer.alloc(100_000, 1)) // here`,
    status: 500,
    code: 'ZS503',
    says: /took more than 352 MB in all \(server\.max_memory is 48 MB\): the service "buffers" was running at/,
  },
]

const file = (name: string, body: string) => `import { execFileSync, execSync, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Service } from 'zato-ts'

export const used = [execFileSync, execSync, spawn, EventEmitter, existsSync, readFileSync, sleep]

export class Faulty extends Service {
  static override readonly name = '${name}'
  async handle(): Promise<unknown> {
    ${body}
  }
}
`

const hold = `this.logger.info('holding')
    while (!existsSync(String(this.request.http.query.until))) await sleep(10)
    return 'held'`

/** Some faults would be taken for others if both limits were tight. */
const settings = { impatient: 'stall_timeout: 0.4', frugal: 'max_memory: 48 MB, stall_timeout: 0' }

interface Project {
  readonly folder: string
  readonly server: Serving
}

async function start(setting: string, faults: readonly Fault[]): Promise<Project> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'zato-ts-faults-')))
  const services = [...faults, { name: 'good', body: `return 'good'` }, { name: 'hold', body: hold }]
  await mkdir(join(folder, 'services'))
  for (const { name, body } of services) await writeFile(join(folder, `services/${name}.ts`), file(name, body))
  const channels = services.map(({ name }) => `  - { name: the ${name}, url_path: /${name}, service: ${name} }`)
  await writeFile(join(folder, 'zato.yaml'), [`server: { ${setting} }`, 'channel_rest:', ...channels, ''].join('\n'))
  return { folder, server: await serve(folder) }
}

let projects: Readonly<Record<keyof typeof settings, Project>>

beforeAll(async () => {
  const [impatient, frugal] = await Promise.all([
    start(settings.impatient, [...late, ...deadly]),
    start(settings.frugal, greedy),
  ])
  projects = { impatient, frugal }
})

afterAll(async () => {
  for (const { folder, server } of Object.values(projects)) {
    expect(await server.stop()).toBe(0)
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Requests to one of the servers, and what it logs. */
class Caller {
  readonly #folder: string
  readonly #server: Serving

  constructor({ folder, server }: Project) {
    this.#folder = folder
    this.#server = server
  }

  call(path: string, cid: string): Promise<Response> {
    return fetch(new URL(path, this.#server.url), { headers: { 'X-Zato-CID': cid } })
  }

  logged(cid: string): Line[] {
    return this.#server.events().filter((event) => event.type === 'log' && event.cid === cid) as unknown as Line[]
  }

  /** A request that is in flight, and answers once it is released. */
  async holding(cid: string): Promise<{ answer: Promise<Response>; release: () => void }> {
    const flag = join(this.#folder, `${cid}.flag`)
    const answer = this.call(`/hold?until=${encodeURIComponent(flag)}`, cid)
    await until(() => this.logged(cid).length > 0)
    return { answer, release: () => writeFileSync(flag, '') }
  }

  /** What all rows have in common: the caller's answer, and the one log line with service, channel, cid and place. */
  async commit({ name, status, code, says, body }: Fault): Promise<void> {
    const cid = `${name}-caller`
    const response = await this.call(`/${name}`, cid)
    expect(response.status).toBe(status)
    expect(response.headers.get('x-zato-cid')).toBe(cid)
    if (status >= 500) {
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(await response.json()).toMatchObject({ status, cid })
    }
    await until(() => this.logged(cid).some(({ level }) => level === 'error'))
    const lines = this.logged(cid).filter(({ level }) => level === 'error')
    const culprit = name === 'in-invoked' ? 'throw-in-timer' : name
    expect(lines).toMatchObject([{ service: culprit, fields: { code, channel: `the ${name}` } }])
    expect(lines[0]?.message).toMatch(says)
    const line = lineOf(culprit, name === 'in-invoked' ? (late[0]?.body ?? '') : body)
    if (line) expect(lines[0]?.fields?.at).toContain(`${join(this.#folder, `services/${culprit}.ts`)}:${line}:`)
  }
}

interface Line {
  readonly level: string
  readonly message: string
  readonly service?: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** Of what `// here` marks; 0 if nothing is marked. */
function lineOf(name: string, body: string): number {
  return (
    file(name, body)
      .split('\n')
      .findIndex((text) => text.endsWith('// here')) + 1
  )
}

test.each(late)('$name costs one request, and the others in flight nothing', async (fault) => {
  const caller = new Caller(projects.impatient)
  const other = await caller.holding(`${fault.name}-other`)
  await caller.commit(fault)
  expect(await (await caller.call('/good', `${fault.name}-next`)).text()).toBe('good')
  other.release()
  expect(await (await other.answer).text()).toBe('held')
})

async function survives(project: Project, fault: Fault): Promise<void> {
  const caller = new Caller(project)
  const other = fault.isAlone ? undefined : await caller.holding(`${fault.name}-other`)
  await caller.commit(fault)
  const committedAt = performance.now()
  const next = await caller.call('/good', `${fault.name}-next`)
  expect(await next.text()).toBe('good')
  const lost = await other?.answer
  if (!lost) return
  expect(performance.now() - committedAt).toBeLessThan(2000)
  expect(lost.status).toBe(503)
  expect(lost.headers.get('retry-after')).toBe('0')
  expect(await lost.json()).toMatchObject({ status: 503, cid: `${fault.name}-other` })
}

test.each(deadly)('$name costs those in flight their process, and the next request nothing', (fault) =>
  survives(projects.impatient, fault),
)

test.each(greedy)('$name exhausts one process, and the next request is answered by another', (fault) =>
  survives(projects.frugal, fault),
)
