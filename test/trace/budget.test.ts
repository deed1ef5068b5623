import { expect, test } from 'vitest'
import { DetailBudget } from '../../src/trace/budget.js'

/** How many of some requests are recorded in full, that come so many milliseconds one after the other. */
function taken(
  budget: DetailBudget,
  { count, everyMs, from }: { count: number; everyMs: number; from: number },
): number {
  let full = 0
  for (let index = 0; index < count; index++) if (budget.take(from + index * everyMs)) full += 1
  return full
}

const start = performance.now() + 60_000

test('what a person does is recorded in full, page loads of thirty requests at once too', () => {
  const budget = new DetailBudget()
  for (let page = 0; page < 20; page++) {
    expect(taken(budget, { count: 30, everyMs: 0, from: start + page * 2000 })).toBe(30)
  }
})

test('of a load the first hundred are, and then twenty a second', () => {
  const everyMs = 5
  const first = taken(new DetailBudget(), { count: 100, everyMs, from: start })
  expect(first).toBe(100)
  const budget = new DetailBudget()
  taken(budget, { count: 200, everyMs, from: start })
  const tenSeconds = taken(budget, { count: 2000, everyMs, from: start + 1000 })
  expect(tenSeconds).toBeGreaterThanOrEqual(195)
  expect(tenSeconds).toBeLessThanOrEqual(205)
})

test('of a flood thirty are, and then two a second', () => {
  const budget = new DetailBudget()
  const everyMs = 0.1
  expect(taken(budget, { count: 1000, everyMs, from: start })).toBeLessThan(40)
  expect(taken(budget, { count: 100_000, everyMs, from: start + 100 })).toBeCloseTo(20, -0.7)
})

test('a tenth of a second after a flood what a person does is recorded again, at first less of it', () => {
  const budget = new DetailBudget()
  taken(budget, { count: 100_000, everyMs: 0.1, from: start })
  const calm = start + 10_000 + 100
  expect(taken(budget, { count: 10, everyMs: 200, from: calm })).toBe(10)
  expect(taken(budget, { count: 30, everyMs: 0, from: calm + 10_000 })).toBe(30)
})

test('large bodies use it up', () => {
  const budget = new DetailBudget({ bytesPerSecond: 1000 })
  expect(budget.take(start)).toBe(true)
  budget.spend(3000)
  expect(taken(budget, { count: 10, everyMs: 100, from: start })).toBe(0)
  expect(budget.take(start + 3100)).toBe(true)
})
