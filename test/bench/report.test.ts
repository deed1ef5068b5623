import { expect, test } from 'vitest'
import { readOptions } from '../../bench/options.js'
import { type Round, callThroughFloors, callThroughText } from '../../bench/parts/call-through-report.js'
import { longRunFloors } from '../../bench/parts/lasting-report.js'
import { atLeast, atMost } from '../../bench/report/floors.js'
import { table } from '../../bench/report/markdown.js'
import { number, ratio, withSpread } from '../../bench/report/numbers.js'
import { resultsDocument } from '../../bench/report/results.js'

test('numbers have the digits that count', () => {
  const written = [12_345.6, 123.4, 99.96, 12.34, 9.999, 1.234, 0.5, 0, 1200].map(number)
  expect(written).toEqual(['12,346', '123', '100', '12.3', '10.0', '1.23', '0.50', '0', '1,200'])
})

test('a spread shows its ends, unless it is of a single value', () => {
  expect(withSpread({ median: 12.34, low: 11, high: 130.5, count: 3 })).toBe('12.3 (11…131)')
  expect(withSpread({ median: 12.34, low: 12.34, high: 12.34, count: 1 })).toBe('12.3')
  expect(ratio({ median: 1.149, low: 1, high: 2, count: 2 })).toBe('1.15 (1.00…2.00)')
})

test('a table is padded, its first column to the left', () => {
  const written = table(['Server', 'ms'], [['a', '1'], ['longer name', '1,000']]) // prettier-ignore
  expect(written.split('\n')).toEqual([
    '| Server      |    ms |',
    '| ----------- | ----: |',
    '| a           |     1 |',
    '| longer name | 1,000 |',
  ])
})

test('a floor is met at its limit and not beyond it', () => {
  expect(atLeast('x', 1.15, 1.15)).toEqual({ what: 'x', wanted: '≥ 1.15', measured: '1.15', isMet: true })
  expect(atLeast('x', 1.149, 1.15).isMet).toBe(false)
  expect(atMost('x', 30, 30, ' ms')).toEqual({ what: 'x', wanted: '≤ 30 ms', measured: '30 ms', isMet: true })
  expect(atMost('x', 30.1, 30).isMet).toBe(false)
  expect(atMost('x', Number.NaN, 30).isMet).toBe(false)
})

const round = (perSecond: number, cpuUs: number, p99Ms = 4): Round => ({ perSecond, cpuUs, p50Ms: 2, p99Ms })
const results = new Map([
  ['zato-ts serve', [round(1200, 90), round(2400, 90), round(1300, 80)]],
  ['zato-ts serve --no-watch', [round(1000, 80), round(1000, 82), round(1000, 78)]],
  ['node:http + undici dispatch', [round(1000, 80), round(1000, 80), round(1000, 80)]],
  ['node:http + undici request', [round(1000, 70), round(1000, 70), round(1000, 70)]],
  ['Fastify + undici request', [round(1000, 100, 8), round(2000, 100, 8), round(1000, 100, 8)]],
])

test('the report of the call-through holds the product against each peer, round by round', () => {
  const text = callThroughText({ title: 'A small JSON reply', results })
  expect(text).toMatch(/^### A small JSON reply$/m)
  expect(text).toMatch(/^\| zato-ts serve +\| +1,300 \(1,200…2,400\) \| +2 \| +4 \(4…4\) \| +90 \(80…90\) \|$/m)
  expect(text).toMatch(/^\| Fastify \+ undici request +\| +1\.20 \(1\.20…1\.30\) \| +0\.90 \(0\.80…0\.90\) \|/m)
})

test('what was promised of the call-through is held against its medians', () => {
  const floors = callThroughFloors([{ title: 'A small JSON reply', results }])
  expect(floors.map(({ measured, isMet }) => [measured, isMet])).toEqual([
    ['1.20', true],
    ['1.30', true],
    ['0.50', true],
    ['1', true],
    ['1.14', false],
    ['0.50', true],
  ])
})

test('a long run fails for memory that grows, and for each descriptor and process that is left', () => {
  const memory = (residentMb: number) => ({ residentMb, proportionalMb: residentMb })
  const mark = (count: number, [processes, descriptors, megabytes]: readonly [number, number, number]) => ({
    count,
    state: { processes, descriptors, main: memory(1), children: memory(1), total: memory(megabytes) },
  })
  const met = (all: readonly [number, number, number]) => {
    const [idle, half] = [mark(0, [4, 89, 100]), mark(500, [4, 89, 200])]
    const run = { name: 'zato-ts serve', unit: 'reloads' as const, idle, half, all: mark(1000, all) }
    return longRunFloors([run]).map(({ isMet }) => isMet)
  }
  expect(met([4, 89, 220])).toEqual([true, true, true])
  expect(met([4, 89, 221])).toEqual([false, true, true])
  expect(met([5, 90, 200])).toEqual([true, false, false])
})

test('the document says when, by what and on which machine it was written, and what was promised', () => {
  const document = resultsDocument({
    date: '2025-03-14',
    command: 'npm run bench',
    minutes: 14.4,
    machine: [['Kernel', 'Linux 6.1']],
    versions: [['Node', '20.19.0']],
    sections: [{ title: 'Scale', text: 'Figures', floors: [atMost('Reading', 700, 600, ' ms')] }],
  })
  expect(document).toContain('Written by `npm run bench` on 2025-03-14, in 14 minutes.')
  expect(document).toMatch(/^\| Kernel +\| +Linux 6\.1 \|$/m)
  expect(document).toMatch(/^\| Reading +\| ≤ 600 ms \| +700 ms \| \*\*no\*\* \|$/m)
  expect(document.endsWith('## Scale\n\nFigures\n')).toBe(true)
})

test('the command line names parts and numbers, and says what is wrong with it', () => {
  const read = (...args: string[]) => readOptions(args, ['reload', 'scale'])
  expect(read()).toEqual({ parts: [], rounds: undefined, seconds: undefined, isQuick: false, out: undefined })
  expect(read('scale', '--rounds', '3', '--seconds', '2', '--quick', '--out', 'x.md')).toEqual({
    parts: ['scale'],
    rounds: 3,
    seconds: 2,
    isQuick: true,
    out: 'x.md',
  })
  expect(() => read('reloads')).toThrow('There is no part "reloads"; there are reload, scale')
  expect(() => read('--rounds', '0')).toThrow('--rounds needs a whole number from 1 to 9999, not "0"')
  expect(() => read('--fast')).toThrow('--fast')
})
