import { expect, test } from 'vitest'
import { scalePaths } from '../../bench/parts/scale-project.js'
import { scaleFloors, scaleText } from '../../bench/parts/scale-report.js'

const time = (readMs: number) => ({ readMs, checkMs: 500, serveMs: 600, routerMs: 1, routeNs: 400 })
const times = new Map([
  ['10', [time(20), time(21), time(22)]],
  ['1000', [time(300), time(310), time(320)]],
  ['10000', [time(3000), time(3100), time(2900)]],
])
const loads = new Map([
  ['10', [{ perSecond: 1000, cpuUs: 100 }]],
  ['1000', [{ perSecond: 1000, cpuUs: 101 }]],
  ['10000', [{ perSecond: 900, cpuUs: 106 }]],
])
const saves = new Map([
  ['10', [{ servedMs: 15 }]],
  ['1000', [{ servedMs: 16 }]],
  ['10000', [{ servedMs: 40 }]],
])

test('the report of the scale holds each size against ten', () => {
  const text = scaleText(times, loads, saves)
  expect(text).toMatch(/^\| 1000 +\| +310 \(300…320\) \|/m)
  expect(text).toMatch(/^\| 10 +\| +1,000 \| +100 \| +\| +15 \|$/m)
  expect(text).toMatch(/^\| 10000 +\| +900 \| +106 \| +1\.06 \| +40 \|$/m)
})

test('what was promised of the scale is held against its medians', () => {
  expect(scaleFloors(times, loads).map(({ measured, isMet }) => [measured, isMet])).toEqual([
    ['310 ms', true],
    ['3,000 ms', true],
    ['10', true],
    ['1.06', false],
    ['1.11', false],
  ])
})

test('ten different channels are asked for, whatever the size', () => {
  for (const size of [10, 1000, 10_000]) {
    const areas = scalePaths(size).map((path) => Number(/area-(\d+)/.exec(path)?.[1]))
    expect(new Set(areas).size).toBe(10)
    expect(Math.min(...areas)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...areas)).toBeLessThan(size)
  }
})
