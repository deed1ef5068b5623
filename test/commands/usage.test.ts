import { describe, expect, test } from 'vitest'
import { cli } from '../helpers/run-cli.js'
import { temporaryProject } from './project-folder.js'

describe('a wrong command line is one clear error, exit code 2, nothing on stdout', () => {
  const table: [argv: string[], message: string][] = [
    [['cal'], 'error[ZU001]: Unknown command "cal"\n  hint  did you mean "call"?\n'],
    [['conn', 'ad'], 'error[ZU001]: Unknown command "conn ad"\n  hint  did you mean "conn add"?\n'],
    [
      ['conn', 'list', '--jsn'],
      'error[ZU001]: Unknown option "--jsn" of "conn list"\n  hint  did you mean "--json"?\n',
    ],
    [['types', '--strict'], 'error[ZU001]: Unknown option "--strict" of "types"\n'],
    [['call'], 'error[ZU001]: "call" needs <connection>\n'],
    [
      ['call', 'A', 'B'],
      'error[ZU001]: Unexpected argument "B" of "call"\n  hint  a name with blanks in it needs quotes: "A B"; see zato-ts call --help\n',
    ],
    [['call', 'A', '-X'], 'error[ZU001]: The option "-X, --method <method>" needs a value\n'],
    [['call', 'A', '--timeout', 'soon'], 'error[ZU001]: --timeout needs a number of at least 0, not "soon"\n'],
    [['call', 'A', '--repeat', '0'], 'error[ZU001]: --repeat needs a whole number from 1 to 100000, not "0"\n'],
    [['call', 'A', '--retry', '-1'], 'error[ZU001]: --retry needs a whole number from 0 to 100, not "-1"\n'],
    [['call', 'A', '-H', 'nonsense'], 'error[ZU001]: --header needs "name: value", not "nonsense"\n'],
    [['call', 'A', '--cid', 'a b'], 'error[ZU001]: --cid cannot be "a b"\n'],
    [['conn', 'add', 'A', '--format', 'jsno'], 'error[ZU001]: --format cannot be "jsno"\n'],
    [['completion', 'csh'], 'error[ZU001]: <shell> cannot be "csh"\n'],
    [['completion'], 'error[ZU001]: "completion" needs <shell>\n'],
    [['serve', '--port', '70000'], 'error[ZU001]: --port needs a whole number from 0 to 65535, not "70000"\n'],
    [['serve', '--dash-port', '8183'], 'error[ZU001]: Unknown option "--dash-port" of "serve"\n'],
    [['routes', 'extra'], 'error[ZU001]: Unexpected argument "extra" of "routes"\n  hint  zato-ts routes --help\n'],
    [['routes', '-C', '/no/such/folder'], 'error[ZU001]: There is no folder "/no/such/folder"\n'],
    [['--frobnicate'], 'error[ZU001]: No command stands with "--frobnicate"\n'],
  ]
  for (const [argv, message] of table) {
    test(argv.join(' '), async () => {
      const { code, stdout, stderr } = await cli(argv)
      expect(stderr.startsWith(message), stderr).toBe(true)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    })
  }
})

test('a secret is never the value of a flag', async () => {
  for (const flag of ['--password', '--secret', '--token']) {
    const { code, stdout, stderr } = await cli(['security', 'add', 'A', '--type', 'apikey', flag, 'hunter2-hunter2'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`${flag} is refused`)
    expect(stderr).toContain('--password-env NAME')
    expect(stderr).not.toContain('hunter2')
  }
  const header = await cli([
    'conn',
    'add',
    'A',
    '--host',
    'https://a.example.com',
    '--header',
    'X-Api-Key=hunter2-hunter2',
  ])
  expect(header.code).toBe(2)
  expect(header.stderr).not.toContain('hunter2')
})

test('with --json an error is one line of JSON on stderr, and stdout is empty', async () => {
  const { code, stdout, stderr } = await cli(['conn', 'list', '--json', '--wrong'])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.split('\n')).toHaveLength(2)
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: 'ZU001',
      message: 'Unknown option "--wrong" of "conn list"',
      hint: 'zato-ts conn list --help',
      exit: 2,
    },
  })
})

test('without a project file each command says how to make one', async () => {
  const empty = await temporaryProject({ 'readme.txt': '' })
  for (const argv of [
    ['conn', 'list'],
    ['call', 'A'],
    ['check'],
    ['routes'],
    ['serve'],
    ['conn', 'add', 'A', '--host', 'https://a.example.com'],
  ]) {
    const { code, stdout, stderr } = await cli(argv, { cwd: empty.dir })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('error[ZU002]')
    expect(stderr).toContain('zato-ts init')
  }
})

test('problems of the file are all shown, with their places, and never with a stack', async () => {
  const project = await temporaryProject({
    'zato.yaml': 'outgoing_rest:\n  - name: A\n    hots: https://a.example.com\n    data_fromat: json\n',
  })
  const { code, stdout, stderr } = await cli(['conn', 'list'], { cwd: project.dir })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('zato.yaml:3:5')
  expect(stderr).toContain('zato.yaml:4:5')
  expect(stderr).toContain('did you mean "data_format"?')
  expect(stderr).toMatch(/\n\d errors?\n$/)
  expect(stderr).not.toMatch(/\n\s+at /)

  const json = await cli(['conn', 'list', '--json'], { cwd: project.dir })
  expect(json.stdout).toBe('')
  expect(JSON.parse(json.stderr)).toMatchObject({
    error: { file: `${project.dir}/zato.yaml`, line: expect.any(Number) as number, exit: 2 },
  })
})
