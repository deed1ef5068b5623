import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeEach, expect, test } from 'vitest'
import { runCli } from '../../src/cli.js'
import { FakeIo, cli } from '../helpers/run-cli.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'

let project: TemporaryProject

beforeEach(async () => {
  project = await temporaryProject({ 'zato.yaml': '# nothing yet\nserver:\n  port: 0\n' })
})

const enter = '\r'
const down = '\u001b[B'
const interrupt = '\u0003'

interface Answer {
  /** Part of the question. */
  readonly to: string
  readonly keys: string
}

/** Runs a command on a terminal where somebody answers each question once it stands there. */
async function converse(argv: readonly string[], answers: readonly Answer[]) {
  const io = new FakeIo({ cwd: project.dir, tty: true })
  let shown = ''
  let waiting = [...answers]
  io.stderr.setEncoding('utf8').on('data', (text: string) => {
    shown += stripVTControlCharacters(text)
    const [next] = waiting
    if (!next || !shown.includes(next.to)) return
    waiting = waiting.slice(1)
    setImmediate(() => io.stdin.push(next.keys))
  })
  const code = await runCli(argv, io)
  return { code, shown, unasked: waiting.map(({ to }) => to) }
}

const file = (name = 'zato.yaml') => readFile(join(project.dir, name), 'utf8')

test('conn add asks for what is missing, names the flag each time, and writes what was answered', async () => {
  const { code, shown, unasked } = await converse(
    ['conn', 'add'],
    [
      { to: '(<name>)', keys: `Orders API${enter}` },
      { to: '(--host)', keys: `https://api.example.com${enter}` },
      { to: '(--path)', keys: `/customers/{customer_id}${enter}` },
    ],
  )
  expect({ code, unasked }, shown).toEqual({ code: 0, unasked: [] })
  expect(await file()).toContain(
    '- name: Orders API\n    host: https://api.example.com\n    url_path: /customers/{customer_id}\n',
  )
})

test('an answer that cannot be right is refused at once', async () => {
  const { code, shown } = await converse(
    ['conn', 'add', 'A'],
    [
      { to: '(--host)', keys: `api.example.com${enter}` },
      { to: 'with its scheme', keys: interrupt },
    ],
  )
  expect(code, shown).toBe(130)
})

test('Ctrl-C at a prompt is 130, and nothing is written', async () => {
  const { code, shown } = await converse(['conn', 'add'], [{ to: '(<name>)', keys: interrupt }])
  expect(code).toBe(130)
  expect(shown).toContain('error[ZU130]: Interrupted')
  expect(await file()).toBe('# nothing yet\nserver:\n  port: 0\n')
})

test('a secret is typed without being shown', async () => {
  const { code, shown } = await converse(
    ['security', 'add', 'Shop', '--type', 'basic_auth', '--username', 'shop'],
    [{ to: 'The secret', keys: `typed-secret-1${enter}` }],
  )
  expect(code, shown).toBe(0)
  expect(shown).not.toContain('typed')
  expect(await file('.env')).toContain('typed-secret-1')
  expect(await file()).toContain('password: ${SHOP_SECRET}')
})

test('removal asks, and does nothing on no', async () => {
  await cli(['conn', 'add', 'A', '--host', 'https://a.example.com'], { cwd: project.dir })
  const before = await file()
  const refused = await converse(['conn', 'remove', 'A'], [{ to: 'Remove connection "A"?', keys: 'n' }])
  expect(refused.code, refused.shown).toBe(0)
  expect(await file()).toBe(before)
  const agreed = await converse(['conn', 'remove', 'A'], [{ to: 'Remove connection "A"?', keys: 'y' }])
  expect(agreed.code).toBe(0)
  expect(await file()).not.toContain('name: A')
})

test('credentials are chosen from the list of those that exist', async () => {
  await cli(['security', 'add', 'Key', '--type', 'apikey', '--password-env', 'KEY'], { cwd: project.dir })
  const { code, shown } = await converse(
    ['conn', 'add', 'B', '--path', '/b'],
    [
      { to: '(--host)', keys: `https://b.example.com${enter}` },
      { to: '(--security)', keys: `${down}${enter}` },
    ],
  )
  expect(code, shown).toBe(0)
  expect(await file()).toContain('security: Key')
})

test('whoever gave all that is needed is asked nothing, nor is anybody with --no-input, CI or a pipe', async () => {
  const complete = await converse(['conn', 'add', 'C', '--host', 'https://c.example.com'], [])
  expect(complete.code).toBe(0)
  for (const [argv, env, tty] of [
    [['conn', 'add', '--no-input'], {}, true],
    [['conn', 'add'], { CI: '1' }, true],
    [['conn', 'add'], { ZATO_TS_NO_INPUT: '1' }, true],
    [['conn', 'add'], {}, false],
  ] as const) {
    const { code, stderr } = await cli(argv, { cwd: project.dir, env, tty })
    expect(code).toBe(2)
    expect(stripVTControlCharacters(stderr)).toContain('hint  zato-ts conn add "Orders API" --host')
  }
})
