import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bashCandidates, splitShellLine } from '../../src/commands/complete/bash.js'
import { cli } from '../helpers/run-cli.js'
import { binary } from '../helpers/serve.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'

const run = promisify(execFile)

let project: TemporaryProject
let path: string

beforeAll(async () => {
  project = await temporaryProject({
    'zato.yaml': `
security:
  - { name: Key, type: apikey, password: some-key }
  - { name: OAuth, type: bearer_token, auth_server_url: 'https://t.example.com', username: u, password: some-secret }
outgoing_rest:
  - { name: Orders API, host: 'https://o.example.com', url_path: '/c/{customer_id}/o/{order_id}' }
  - { name: Orders archive, host: 'https://a.example.com' }
  - { name: Rates, host: 'https://r.example.com', url_path: '/{base}/{to}', security: OAuth, request_path_params: [{ key: base, value: EUR }] }
channel_rest:
  - { name: Customer orders, url_path: /a, service: s }
`,
  })
  path = await mkdtemp(join(tmpdir(), 'zato-ts-path-'))
  await symlink(binary, join(path, 'zato-ts'))
})

afterAll(() => rm(path, { recursive: true }))

describe('what may follow', () => {
  const table: [words: string[], candidates: string[]][] = [
    [['ser'], ['serve', 'service']],
    [
      ['conn', ''],
      ['add', 'list', 'show', 'edit', 'remove', 'ping'],
    ],
    [['conn', 'l'], ['list']],
    [
      ['call', ''],
      ['Orders API', 'Orders archive', 'Rates'],
    ],
    [['call', 'Orders A'], ['Orders API']],
    [['-C', '/', 'call', '-c', 'x', '--para'], ['--params']],
    [
      ['call', 'Orders API', '--params', ''],
      ['customer_id=', 'order_id='],
    ],
    [['call', 'Orders API', '--params', 'customer_id=1', ''], ['order_id=']],
    [['call', 'Rates', '--params', ''], ['to=']],
    [['call', 'Orders API', '--params', 'customer_id=1', '--params', 'o'], ['order_id=']],
    [
      ['conn', 'add', 'X', '--format', ''],
      ['json', 'form', 'xml', 'csv', 'text'],
    ],
    [['conn', 'add', 'X', '--format=x'], ['--format=xml']],
    [
      ['conn', 'add', 'X', '--security', ''],
      ['Key', 'OAuth'],
    ],
    [
      ['token', 'show', ''],
      ['OAuth', 'Rates'],
    ],
    [
      ['conn', 'ping', 'Rates', 'Ord'],
      ['Orders API', 'Orders archive'],
    ],
    [['channel', 'show', ''], ['Customer orders']],
    [['completion', 'b'], ['bash']],
    [
      ['security', 'add', 'X', '--p'],
      ['--prefix', '--password-env', '--password-file'],
    ],
    [['routes', '--j'], ['--json']],
    [['routes', '--json', '--j'], []],
    [['nonsense', ''], []],
    [['__comp'], []],
  ]
  for (const [words, candidates] of table) {
    test(words.join(' '), async () => {
      const { code, stdout, stderr } = await cli(['__complete', '--', ...words], { cwd: project.dir })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout.split('\n').slice(0, -1)).toEqual(candidates)
    })
  }
})

test('outside a project, or with a broken one, there are no names, no error and no message', async () => {
  const broken = await temporaryProject({ 'zato.yaml': 'outgoing_rest: [' })
  for (const cwd of ['/', broken.dir]) {
    expect(await cli(['__complete', '--', 'call', ''], { cwd })).toMatchObject({ code: 0, stdout: '', stderr: '' })
  }
})

test('a line of bash is split as bash splits it', () => {
  expect(splitShellLine(`zato-ts call "Orders A`)).toEqual({ words: ['zato-ts', 'call', 'Orders A'], quote: '"' })
  expect(splitShellLine(`zato-ts call Orders\\ A`)).toEqual({
    words: ['zato-ts', 'call', 'Orders A'],
    quote: undefined,
  })
  expect(splitShellLine(`zato-ts call 'it'"'"'s' `)).toEqual({
    words: ['zato-ts', 'call', "it's", ''],
    quote: undefined,
  })
})

test('candidates come back quoted like the word that is typed', () => {
  expect(bashCandidates(['Orders API'], { words: ['Ord'], quote: undefined })).toEqual(['Orders\\ API'])
  expect(bashCandidates(['Orders "$1"'], { words: ['Ord'], quote: '"' })).toEqual(['Orders \\"\\$1\\"'])
  expect(bashCandidates(['--format=xml'], { words: ['--format=x'], quote: undefined })).toEqual(['xml'])
})

describe('in a real bash', () => {
  async function complete(line: string): Promise<string[]> {
    const script = [
      'eval "$(zato-ts completion bash)"',
      'COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_WORDS=(zato-ts) COMP_CWORD=1',
      '_zato_ts',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('\n')
    const env = { ...process.env, PATH: `${path}:${process.env.PATH ?? ''}`, LINE: line }
    const { stdout } = await run('bash', ['--norc', '-c', script], { cwd: project.dir, env })
    return stdout.split('\n').filter(Boolean)
  }

  test('a name with a blank is escaped, or stays inside the quote that is open', async () => {
    expect(await complete('zato-ts call Orders\\ A')).toEqual(['Orders\\ API'])
    expect(await complete('zato-ts call "Orders a')).toEqual(['Orders archive'])
  })

  test('placeholders of the connection follow --params', async () => {
    expect(await complete('zato-ts call "Orders API" --params ')).toEqual(['customer_id=', 'order_id='])
  })
})
