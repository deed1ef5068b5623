import { expect, test } from 'vitest'
import { mean, median, quantile, ratioOf, spreadOf } from '../../bench/harness/stats.js'

test('the median is the middle value, or lies between the two middle ones', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([10, 2, 4, 1])).toBe(3)
  expect(median([7])).toBe(7)
})

test('values are ordered as numbers, and stay in their order for the caller', () => {
  const values = [100, 9, 20]
  expect(median(values)).toBe(20)
  expect(values).toEqual([100, 9, 20])
})

test('a quantile lies between its neighbours', () => {
  const values = [0, 10, 20, 30, 40]
  expect([0, 0.25, 0.375, 1].map((share) => quantile(values, share))).toEqual([0, 10, 15, 40])
})

test('a spread names the middle, both ends and the count', () => {
  expect(spreadOf([3, 1, 2, 10])).toEqual({ median: 2.5, low: 1, high: 10, count: 4 })
})

test('a mean weighs every value alike', () => {
  expect(mean([1, 2, 6])).toBe(3)
})

test('ratios are taken round by round, so that what slows both down cancels', () => {
  expect(ratioOf([10, 40, 30], [5, 20, 10])).toEqual({ median: 2, low: 2, high: 3, count: 3 })
})

test('nothing, and rounds that do not match, are refused', () => {
  expect(() => median([])).toThrow('no values')
  expect(() => mean([])).toThrow('no values')
  expect(() => ratioOf([1, 2], [1])).toThrow('one length')
})
