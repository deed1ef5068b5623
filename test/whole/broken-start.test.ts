import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { zato } from '../helpers/run-cli.js'
import { binary, serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { channels, service } from '../runtime/serving.js'
import { until } from '../runtime/until.js'

/** Starts of the real binary with a project that cannot be served. */

const good = { 'zato.yaml': channels('a'), 'services/a.ts': service('a', `return 'healed'`) }

interface Breakage {
  readonly name: string
  readonly file: keyof typeof good
  readonly content: string
  /** What the caller is told. */
  readonly detail: RegExp
  readonly code: string
}

const breakages: readonly Breakage[] = [
  {
    name: 'a zato.yaml that is no YAML',
    file: 'zato.yaml',
    content: 'channel_rest: [{ name: a\n',
    detail: /zato\.yaml:\d+:\d+/,
    code: 'ZC0',
  },
  {
    name: 'a zato.yaml with an unknown section',
    file: 'zato.yaml',
    content: 'chanel_rest: []\n',
    detail: /"chanel_rest".*zato\.yaml:1:1|zato\.yaml:1:1.*"chanel_rest"/,
    code: 'ZC1',
  },
  {
    name: 'a service that does not compile',
    file: 'services/a.ts',
    content: 'export const = 1\n',
    detail: /services\/a\.ts:1:14/,
    code: 'ZS101',
  },
  {
    name: 'a module that throws while it loads',
    file: 'services/a.ts',
    content: `${service('a', `return 'never'`)}\nthrow new Error('no database')\n`,
    detail: /no database.*services\/a\.ts:9:7|services\/a\.ts:9:7.*no database/,
    code: 'ZS10',
  },
  {
    name: 'an import of a file that does not exist',
    file: 'services/a.ts',
    content: `import '../lib/missing.js'\n${service('a', `return 'never'`)}`,
    detail: /services\/a\.ts:1:8.*missing|missing.*services\/a\.ts:1:8/,
    code: 'ZS10',
  },
]

const broken = ({ file, content }: Breakage) => temporaryProject({ ...good, [file]: content })

test.each(breakages.map((one) => [one.name, one] as const))(
  'in watch mode %s opens the port, channels say what is wrong, and the next good save heals',
  async (_, breakage) => {
    const root = await broken(breakage)
    const server = await serve(root)
    onTestFinished(() => void server.process.kill('SIGKILL'))
    const ask = () => fetch(`${server.url}a`)
    const response = await ask()
    const problem = (await response.json()) as Record<string, unknown>
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/problem+json'])
    expect(problem).toMatchObject({ status: 503, cid: response.headers.get('x-zato-cid') })
    expect(problem.detail).toMatch(breakage.detail)
    const told = server.events().filter(({ type }) => type === 'problems')
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told[0])).toContain(`"code":"${breakage.code}`)

    await writeFile(join(root, breakage.file), good[breakage.file])
    await until(async () => (await (await ask()).text()) === 'healed')
    await until(() => server.events().some(({ type }) => type === 'recovered'))
    expect(await server.stop()).toBe(0)
  },
)

test.each(breakages.map((one) => [one.name, one] as const))(
  'with --no-watch %s does not start: one problem, exit code 2',
  async (_, breakage) => {
    const root = await broken(breakage)
    const args = [binary, 'serve', '--no-watch', '--port', '0']
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = once(child, 'exit') as Promise<[number | null]>
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.match(/^error\[\w+\]: /gm)).toEqual([expect.stringContaining(breakage.code)])
    expect(stderr).toMatch(breakage.file === 'zato.yaml' ? /--> zato\.yaml:\d+:\d+/ : /--> services\/a\.ts:\d+:\d+/)
    expect(stderr).not.toMatch(/^ +at /m)
  },
)

/** A list where a mapping should be, in one item, and channels of which one has no service. */
const halfBroken = `outgoing_rest:
  - { name: A, host: 'http://127.0.0.1:9', headers: [x] }
  - { name: B, host: 'https://127.0.0.1:9', tls_ca: none.pem }
${channels('a', 'gone')}`

const bothProblems = [/error\[ZC104\]: "headers" must be a mapping/, /error\[ZC203\]: There is no service "gone"/]

test('a mistake in one item hides no other problem: check and serve tell of all at once', async () => {
  const root = await temporaryProject({ ...good, 'zato.yaml': halfBroken })
  for (const argv of [['check'], ['serve', '--no-watch']]) {
    const { code, stderr } = await zato(argv, { cwd: root })
    expect(code).toBe(2)
    for (const problem of [...bothProblems, /its tls_ca ".*none\.pem" cannot be read/]) expect(stderr).toMatch(problem)
  }
  const server = await serve(root)
  onTestFinished(() => void server.process.kill('SIGKILL'))
  const messages = () => server.events().flatMap((event) => (event.problems as { message: string }[] | undefined) ?? [])
  expect(messages().map(({ message }) => message)).toEqual([
    '"headers" must be a mapping',
    'There is no service "gone"',
  ])
  await writeFile(join(root, 'zato.yaml'), good['zato.yaml'])
  await until(async () => (await (await fetch(`${server.url}a`)).text()) === 'healed')
  await server.stop()
})

test('while a version is served, a save with a mistake tells of all that is wrong with it, and changes nothing', async () => {
  const root = await temporaryProject(good)
  const server = await serve(root)
  onTestFinished(() => void server.process.kill('SIGKILL'))
  await writeFile(join(root, 'zato.yaml'), halfBroken)
  const told = await until(() => server.events().find(({ type }) => type === 'problems'))
  const messages = (told.problems as { message: string }[]).map(({ message }) => message)
  expect(messages).toEqual(['"headers" must be a mapping', 'There is no service "gone"'])
  expect(await (await fetch(`${server.url}a`)).text()).toBe('healed')
  await writeFile(join(root, 'services/gone.ts'), service('gone', `return 'there'`))
  await until(() => server.events().filter(({ type }) => type === 'problems').length === 2)
  await writeFile(join(root, 'zato.yaml'), good['zato.yaml'])
  await until(() => server.events().some(({ type }) => type === 'recovered'))
  await server.stop()
})

test('services that take long to load hold up neither requests nor what is known to be wrong', async () => {
  const root = await temporaryProject({
    ...good,
    'services/slow.ts': `import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
while (existsSync(import.meta.dirname + '/../hold')) await wait(10)
${service('slow', `return 'slow'`)}`,
  })
  const server = await serve(root)
  onTestFinished(() => void server.process.kill('SIGKILL'))
  const told = () =>
    server.events().map((event) => ((event.problems ?? []) as { message: string }[]).map(({ message }) => message))
  await writeFile(join(root, 'hold'), '')
  await writeFile(join(root, 'zato.yaml'), halfBroken)
  let longest = 0
  await until(async () => {
    const askedAt = performance.now()
    expect(await (await fetch(`${server.url}a`)).text()).toBe('healed')
    longest = Math.max(longest, performance.now() - askedAt)
    return told().some(([first, ...more]) => first === '"headers" must be a mapping' && more.length === 0)
  })
  expect(longest).toBeLessThan(1000)
  await rm(join(root, 'hold'))
  await until(() => told().some((messages) => messages.includes('There is no service "gone"')))
  await server.stop()
})
