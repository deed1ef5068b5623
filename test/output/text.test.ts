import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeControls, escapeLine } from '../../src/output/escape.js'
import { prettyJson } from '../../src/output/json-text.js'
import { symbolsFor } from '../../src/output/symbols.js'
import { style } from '../../src/output/style.js'
import { writeTable } from '../../src/output/table.js'
import { Terminal } from '../../src/output/terminal.js'
import { formatDuration, formatSize } from '../../src/output/units.js'
import { cut, displayWidth, wrap } from '../../src/output/width.js'
import { stripVTControlCharacters } from 'node:util'

interface Screen {
  readonly tty?: boolean
  readonly env?: Record<string, string>
  readonly color?: boolean
  readonly columns?: number
}

async function shown(
  write: (terminal: Terminal) => void,
  { tty = false, env = {}, color, columns = 80 }: Screen = {},
): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY: tty, columns })
  const all = readAll(stream)
  write(new Terminal(stream, { env: { LANG: 'C.UTF-8', ...env }, color }))
  stream.end()
  return all
}

const red = (screen: Screen) => shown((terminal) => terminal.line(style.red('x')), screen)

test('colour is decided for each stream: flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal', async () => {
  expect(await red({ tty: true })).toContain('\u001b[31m')
  expect(await red({ tty: false })).toBe('x\n')
  expect(await red({ tty: true, env: { TERM: 'dumb' } })).toBe('x\n')
  expect(await red({ tty: true, env: { NO_COLOR: '1' } })).toBe('x\n')
  expect(await red({ tty: true, env: { NO_COLOR: '' } })).toContain('\u001b[31m')
  expect(await red({ env: { FORCE_COLOR: '1' } })).toContain('\u001b[31m')
  expect(await red({ env: { FORCE_COLOR: '0' } })).toBe('x\n')
  expect(await red({ env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).toBe('x\n')
  expect(await red({ env: { NO_COLOR: '1' }, color: true })).toContain('\u001b[31m')
  expect(await red({ tty: true, color: false })).toBe('x\n')
})

test('symbols fall back to ASCII where the locale is not UTF-8', () => {
  expect(symbolsFor({ LANG: 'en_US.UTF-8' }).ok).toBe('✓')
  expect(symbolsFor({ LANG: 'en_US.UTF-8', LC_ALL: 'C' }).ok).toBe('ok')
  expect(symbolsFor({}).to).toBe('->')
})

test('no text from elsewhere can reach a screen as a control character', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(
          fc.constantFrom('\u001b', '\u009b', '\r', '\b', '\u202e', '\n'),
          fc.string({ minLength: 1, maxLength: 1 }),
        ),
      }),
      (text) => {
        const safe = escapeControls(text)

        expect(safe).not.toMatch(/\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]/)
        expect(escapeLine(text)).not.toMatch(/[\n\r\t]/)
        expect(stripVTControlCharacters(safe)).toBe(safe)
      },
    ),
  )
})

test('JSON is laid out without touching its numbers, keys or order', () => {
  const text = '{"id":12345678901234567890,"id":1.0,"b":[],"a":[{},{"x":"\\u0041,: {}"}],"n":null}'
  const pretty = stripVTControlCharacters(prettyJson(text) ?? '')
  expect(pretty).toBe(
    [
      '{',
      '  "id": 12345678901234567890,',
      '  "id": 1.0,',
      '  "b": [],',
      '  "a": [',
      '    {},',
      '    {',
      '      "x": "\\u0041,: {}"',
      '    }',
      '  ],',
      '  "n": null',
      '}',
    ].join('\n'),
  )
  expect(prettyJson('<html>')).toBeUndefined()
})

test('any JSON that is laid out parses to the same value', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(stripVTControlCharacters(prettyJson(text) ?? ''))).toEqual(JSON.parse(text))
    }),
  )
})

const table = {
  head: ['NAME', 'ADDRESS'],
  rows: [
    ['Orders\tAPI', 'https://api.example.com/a/very/long/path'],
    ['Ω注文', 'x\u001b[31m'],
  ],
}

test('a table in a pipe is one row a line with tabs between whole cells, and no head', async () => {
  expect(await shown((terminal) => writeTable(terminal, table))).toBe(
    'Orders\\tAPI\thttps://api.example.com/a/very/long/path\nΩ注文\tx\u001b[31m\n',
  )
})

test('a table on a screen is aligned, has a head, and is cut to the width', async () => {
  const lines = stripVTControlCharacters(
    await shown((terminal) => writeTable(terminal, table), { tty: true, columns: 30 }),
  )
    .trimEnd()
    .split('\n')
  expect(lines[0]).toMatch(/^NAME {9}ADDRESS$/)
  expect(lines[1]).toMatch(/^Orders\\tAPI {2}https:.*…$/)
  expect(lines[2]).toBe('Ω注文        x\\x1b[31m')
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(30)
})

test('wide characters take two columns, marks none', () => {
  expect(displayWidth('注文')).toBe(4)
  expect(displayWidth('e\u0301')).toBe(1)
  expect(displayWidth(style.red('abc'))).toBe(3)
  expect(cut('注文注文', 5, '…')).toBe('注文…')
})

test('text is wrapped between words', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
})

test('times and sizes have units', () => {
  expect([0.42, 84.4, 999.6, 1240, 65_000, 3_720_000].map(formatDuration)).toEqual([
    '0.4 ms',
    '84 ms',
    '1 s',
    '1.24 s',
    '1 min 5 s',
    '1 h 2 min',
  ])
  expect([0, 812, 1229, 1024 ** 2 - 1, 3.4 * 1024 ** 2, 64 * 1024 ** 2, 2 ** 31].map(formatSize)).toEqual([
    '0 B',
    '812 B',
    '1.2 KB',
    '1 MB',
    '3.4 MB',
    '64 MB',
    '2 GB',
  ])
})
