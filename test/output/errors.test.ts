import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { UsageError, ZatoError } from '../../src/errors.js'
import { DetailedError } from '../../src/output/detailed-error.js'
import { exitCodeOf, printError } from '../../src/output/errors.js'
import { Terminal } from '../../src/output/terminal.js'
import { type Problem, ProjectError } from '../../src/project/problem.js'

async function printed(error: unknown, { json = false } = {}): Promise<string> {
  const stream = new PassThrough()
  const all = readAll(stream)
  printError(new Terminal(stream, { env: {} }), error, { cwd: '/shop', json })
  stream.end()
  return all
}

const problem = (line: number): Problem => ({
  code: 'ZC102',
  severity: line > 2 ? 'warning' : 'error',
  scope: 'project',
  message: 'Unknown key "hots"',
  hint: 'did you mean "host"?',
  file: '/shop/zato.yaml',
  line,
  column: 5,
  length: 4,
  frame: `${line} |   hots: x\n  |   ^^^^`,
})

test('a mistake is its code, its message and what to do, without a stack', async () => {
  expect(await printed(new UsageError('ZU003', 'Unknown connection "X"', { hint: 'did you mean "Y"?' }))).toBe(
    'error[ZU003]: Unknown connection "X"\n  hint  did you mean "Y"?\n',
  )
  expect(
    await printed(
      new DetailedError('ZN401', 'It needs a value', [
        ['path', '/a'],
        ['try', 'this'],
      ]),
    ),
  ).toBe('error[ZN401]: It needs a value\n  path  /a\n  try   this\n')
})

test('a bug says that it is one, and shows its stack', async () => {
  const text = await printed(new TypeError('x is not a function'))
  expect(text).toMatch(/^error\[ZX001\]: This is a bug in zato-ts/)
  expect(text).toContain('  TypeError: x is not a function\n')
  expect(text).toMatch(/\n {6}at /)
  expect(exitCodeOf(new TypeError('x'))).toBe(1)
  expect(await printed('thrown text')).toContain('thrown text')
})

test('problems are shown with their place and their lines, and counted', async () => {
  expect(await printed(new ProjectError([problem(1), problem(3)]))).toBe(
    [
      'error[ZC102]: Unknown key "hots"',
      ' --> zato.yaml:1:5',
      '1 |   hots: x',
      '  |   ^^^^',
      '  hint  did you mean "host"?',
      '',
      'warning[ZC102]: Unknown key "hots"',
      ' --> zato.yaml:3:5',
      '3 |   hots: x',
      '  |   ^^^^',
      '  hint  did you mean "host"?',
      '',
      '1 error, 1 warning',
      '',
    ].join('\n'),
  )
})

test('a flood of problems is cut, and still counted', async () => {
  const text = await printed(new ProjectError(Array.from({ length: 27 }, () => problem(1))))
  expect(text.match(/-->/g)).toHaveLength(20)
  expect(text).toContain('\nand 7 more\n')
  expect(text).toMatch(/\n27 errors\n$/)
})

test('as JSON each is one line, with its exit code', async () => {
  const parse = async (error: unknown) => JSON.parse(await printed(error, { json: true })) as unknown
  expect(await parse(new ZatoError('ZU130', 'Interrupted'))).toEqual({
    error: { code: 'ZU130', message: 'Interrupted', exit: 130 },
  })
  expect(await parse(new ProjectError([problem(3), problem(1)]))).toEqual({
    error: {
      code: 'ZC102',
      message: 'Unknown key "hots"',
      hint: 'did you mean "host"?',
      file: '/shop/zato.yaml',
      line: 1,
      column: 5,
      exit: 2,
    },
  })
  expect(await parse(new TypeError('x'))).toMatchObject({ error: { code: 'ZX001', message: 'x', exit: 1 } })
  expect((await printed(new TypeError('x'), { json: true })).trimEnd()).not.toContain('\n')
})

test('control characters of a message cannot reach the screen', async () => {
  expect(await printed(new ZatoError('ZN301', 'The reply was \u001b[2J broken'))).toContain('\\x1b[2J broken')
})
