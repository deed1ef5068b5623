import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryAfterMs } from '../../src/outgoing/retry-after.js'
import { type RetryPolicy, longestWaitMs, nextWaitMs } from '../../src/outgoing/retry-policy.js'

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxRetries: fc.integer({ min: 0, max: 20 }),
  firstWaitMs: fc.integer({ min: 0, max: 10_000 }),
  multiplier: fc.double({ min: 1, max: 10, noNaN: true }),
  totalWaitMs: fc.integer({ min: 0, max: 120_000 }),
})
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Every wait of a call that never gets a good reply. */
function waitsOf(policy: RetryPolicy, random: () => number, retryAfter: () => number | undefined = () => undefined) {
  const waits: number[] = []
  for (;;) {
    const waitedMs = waits.reduce((sum, wait) => sum + wait, 0)
    const wait = nextWaitMs(policy, { retries: waits.length, waitedMs, retryAfterMs: retryAfter() }, random())
    if (wait === undefined) return waits
    waits.push(wait)
  }
}

test('waits keep to the number, to the total and to the longest', () => {
  fc.assert(
    fc.property(policies, fc.array(randoms, { minLength: 20, maxLength: 20 }), (policy, draws) => {
      let draw = 0
      const waits = waitsOf(policy, () => draws[draw++ % draws.length] ?? 0)
      expect(waits.length).toBeLessThanOrEqual(policy.maxRetries)
      expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(policy.totalWaitMs)
      for (const [index, wait] of waits.entries()) {
        const full = Math.min(policy.firstWaitMs * policy.multiplier ** index, longestWaitMs)
        expect(wait).toBeGreaterThanOrEqual(Math.floor(full / 2))
        expect(wait).toBeLessThanOrEqual(Math.ceil(full))
      }
    }),
  )
})

test('by default the waits are about 2, 4 and 8 seconds, and never longer', () => {
  const policy = { maxRetries: 9, firstWaitMs: 2000, multiplier: 2, totalWaitMs: 60_000 }
  expect(waitsOf(policy, () => 0.9999999)).toEqual([2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000])
  expect(waitsOf(policy, () => 0)).toEqual([1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000, 4000])
})

test('a Retry-After is kept exactly where it fits into what is left, and ends the call where it does not', () => {
  const policy = { maxRetries: 5, firstWaitMs: 10, multiplier: 2, totalWaitMs: 60_000 }
  expect(
    waitsOf(
      policy,
      () => 0.5,
      () => 20_000,
    ),
  ).toEqual([20_000, 20_000, 20_000])
  expect(nextWaitMs(policy, { retries: 0, waitedMs: 0, retryAfterMs: 60_001 }, 0)).toBeUndefined()
  expect(nextWaitMs(policy, { retries: 0, waitedMs: 0, retryAfterMs: 0 }, 0)).toBe(0)
  expect(nextWaitMs(policy, { retries: 5, waitedMs: 0, retryAfterMs: 0 }, 0)).toBeUndefined()
})

const now = Date.UTC(2026, 4, 1, 12, 0, 0)

test.each([
  ['0', 0],
  ['120', 120_000],
  ['Fri, 01 May 2026 12:00:30 GMT', 30_000],
  ['Friday, 01-May-26 12:00:30 GMT', 30_000],
  ['Fri May  1 12:00:30 2026', 30_000],
  ['Fri, 01 May 2026 11:00:00 GMT', 0],
])('Retry-After: %s', (value, ms) => {
  expect(retryAfterMs({ 'retry-after': value }, now)).toBe(ms)
})

test.each(['', '-1', '1.5', '1e3', 'soon', '2026-05-01T12:00:30Z', 'Fri, 99 May 2026 12:00:30 GMT', ['1', '2']])(
  'Retry-After: %j asks nothing',
  (value) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBeUndefined()
  },
)

test('a date counts from the date of the reply, whatever our own clock says', () => {
  const headers = { 'retry-after': 'Fri, 01 May 2026 12:00:30 GMT', date: 'Fri, 01 May 2026 12:00:20 GMT' }
  expect(retryAfterMs(headers, now + 86_400_000)).toBe(10_000)
})
