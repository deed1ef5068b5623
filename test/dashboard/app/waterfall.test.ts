import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Scale, idleLabels, phaseBars, rowsOf } from '../../../src/dashboard/app/core/waterfall.js'
import type { Span } from '../../../src/trace/record.js'

const span = (id: number, more: Partial<Span>): Span => ({
  id,
  kind: 'attempt',
  name: `span ${id}`,
  startMs: 0,
  durationMs: 10,
  ...more,
})
const spans = [
  span(1, { kind: 'channel', durationMs: 1000 }),
  span(2, { kind: 'service', parentId: 1 }),
  span(3, { parentId: 2, startMs: 0, durationMs: 100 }),
  span(4, { parentId: 2, startMs: 900, durationMs: 100 }),
  span(5, { kind: 'log', parentId: 2, startMs: 50, durationMs: 0 }),
]

test('spans are a tree, and what is folded is not there', () => {
  const open = rowsOf(spans, { closed: new Set(), withLogs: true })
  expect(open.map(({ span: { id }, level, position, siblings }) => [id, level, position, siblings])).toEqual([
    [1, 1, 1, 1],
    [2, 2, 1, 1],
    [3, 3, 1, 3],
    [4, 3, 2, 3],
    [5, 3, 3, 3],
  ])
  expect(rowsOf(spans, { closed: new Set([2]), withLogs: true })).toHaveLength(2)
  expect(rowsOf(spans, { closed: new Set(), withLogs: false })).toHaveLength(4)
})

test('a span whose parent was dropped is still there', () => {
  expect(rowsOf([span(9, { parentId: 4 })], { closed: new Set(), withLogs: true })).toHaveLength(1)
})

test('a long idle stretch is squeezed, and real time is shown when asked', () => {
  const squeezed = new Scale(spans, { total: 1000, isReal: false })
  expect(squeezed.segments.filter(({ isIdle }) => isIdle)).toMatchObject([{ from: 100, to: 900, width: 6 }])
  expect(squeezed.at(100)).toBeCloseTo(47)
  expect(squeezed.at(900)).toBeCloseTo(53)
  const real = new Scale(spans, { total: 1000, isReal: true })
  expect(real.at(100)).toBeCloseTo(10)
})

test('later is never further left, and everything is between 0 and 100 percent', () => {
  const some = fc.array(fc.record({ startMs: fc.nat(900), durationMs: fc.nat(100) }), { minLength: 1 })
  fc.assert(
    fc.property(some, fc.array(fc.nat(1000)), (times, moments) => {
      const scale = new Scale(
        times.map((time, index) => span(index, time)),
        { total: 1000, isReal: false },
      )
      const places = moments.sort((a, b) => a - b).map((ms) => scale.at(ms))
      expect(places.every((place, index) => place >= (places[index - 1] ?? 0) - 1e-9 && place <= 100 + 1e-9)).toBe(true)
      expect(scale.at(1000)).toBeCloseTo(100)
    }),
  )
})

test('phases follow each other, and only those that happened', () => {
  const attempt = span(1, { startMs: 5, attempt: { number: 1, phases: { wait: 20, queued: 2, send: 1 } } })
  expect(phaseBars(attempt)).toEqual([
    { phase: 'queued', from: 5, ms: 2 },
    { phase: 'send', from: 7, ms: 1 },
    { phase: 'wait', from: 8, ms: 20 },
  ])
})

test('a squeezed stretch says how long it is, clear of both ends of the scale', () => {
  expect(idleLabels(new Scale(spans, { total: 1000, isReal: true }))).toEqual([])
  const [label, ...others] = idleLabels(new Scale(spans, { total: 1000, isReal: false }))
  expect(others).toEqual([])
  expect(label?.ms).toBe(800)
  expect(label?.at).toBeGreaterThanOrEqual(26)
  expect(label?.at).toBeLessThanOrEqual(68)
})
