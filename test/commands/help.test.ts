import { describe, expect, test } from 'vitest'
import { globalOptions } from '../../src/commands/global-options.js'
import { commands, groups } from '../../src/commands/manifest.js'
import { version } from '../../src/version.js'
import { cli } from '../helpers/run-cli.js'
import { temporaryProject } from './project-folder.js'

test('no arguments, --help and help are the same overview on stdout', async () => {
  const [bare, flag, word] = await Promise.all([cli([]), cli(['--help']), cli(['help'])])
  expect(bare).toMatchObject({ code: 0, stderr: '' })
  expect(bare.stdout).toMatch(/^zato-ts \d+\.\d+\.\d+ - /)
  expect(flag.stdout).toBe(bare.stdout)
  expect(word.stdout).toBe(bare.stdout)
  for (const { words } of commands) expect(bare.stdout).toContain(words.split(' ').at(-1))
})

test('a bare group prints its help to stdout and succeeds', async () => {
  for (const group of Object.keys(groups)) {
    const { code, stdout, stderr } = await cli([group])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const { words } of commands.filter((entry) => entry.words.startsWith(`${group} `)))
      expect(stdout).toContain(words)
  }
})

test('what does not exist yet is not shown', async () => {
  const { stdout } = await cli([])
  for (const absent of ['__complete']) expect(stdout).not.toContain(absent)
})

describe('the help of each command', () => {
  for (const entry of commands) {
    test(`${entry.words} says what it does, with all its options and with examples that can be typed`, async () => {
      const { command: spec } = await entry.load()
      const { code, stdout, stderr } = await cli([...entry.words.split(' '), '--help'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`${entry.summary}\n\nUsage: zato-ts ${entry.words}`)
      const options = [...(spec.options ?? []), ...globalOptions]
      for (const { flags, hidden } of options) if (!hidden) expect(stdout).toContain(flags)
      const examples = stdout.split('Examples\n')[1]?.split('\n\n')[0]?.trim().split('\n') ?? []
      expect(examples.length).toBeGreaterThan(0)
      expect(examples.some((example) => example.includes(`zato-ts ${entry.words}`))).toBe(true)
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    })
  }
})

test('examples use the names of the project that the command stands in', async () => {
  const project = await temporaryProject({
    'zato.yaml':
      "outgoing_rest:\n  - name: 'Ledger (v2)'\n    host: https://l.example.com\n    url_path: /accounts/{account_no}\n",
  })
  const here = await cli(['call', '--help'], { cwd: project.dir })
  expect(here.stdout).toContain('zato-ts call "Ledger (v2)" --params account_no=12345')
  const elsewhere = await cli(['-C', project.dir, 'conn', 'show', '-h'])
  expect(elsewhere.stdout).toContain('"Ledger (v2)"')
  expect((await cli(['call', '-h'])).stdout).toContain('"Orders API"')
})

test('help is plain in a pipe, and narrow on a narrow screen', async () => {
  expect((await cli(['call', '--help'])).stdout).not.toContain('\u001b')
  const narrow = await cli(['conn', 'list', '--help'], { tty: { stdout: true }, columns: 50, env: { NO_COLOR: '1' } })
  for (const line of narrow.stdout.split('\n').slice(3, -8)) expect(line.length).toBeLessThanOrEqual(60)
  expect((await cli(['conn', '--help'], { tty: { stdout: true } })).stdout).toContain('\u001b[1m')
})

test('--version prints the version alone, with and without other flags', async () => {
  for (const argv of [['--version'], ['--no-color', '--version'], ['call', '--version']]) {
    expect(await cli(argv)).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
  }
})
