import fc from 'fast-check'
import { expect, test } from 'vitest'
import { didYouMean, nearest } from '../src/nearest.js'

test('two letters swapped are one mistake', () => {
  expect(nearest('data_fromat', ['data_format', 'host', 'timeout'])).toEqual(['data_format'])
})

test('a name in another case, or with its words in another order, is near', () => {
  expect(nearest('orders api', ['Orders API', 'Billing'])).toEqual(['Orders API'])
  expect(nearest('API Orders', ['Orders API', 'Billing'])).toEqual(['Orders API'])
})

test('the beginning of a name is near', () => {
  expect(nearest('Orders', ['Orders API', 'Billing'])).toEqual(['Orders API'])
})

test('nothing is offered when nothing is near', () => {
  expect(nearest('timeout', ['security', 'host'])).toEqual([])
  expect(didYouMean('timeout', ['security', 'host'])).toBeUndefined()
})

test('several are joined in words', () => {
  expect(didYouMean('hots', ['host', 'hosts'])).toBe('did you mean "host" or "hosts"?')
})

test('one edit away is always offered, and at most three names are', () => {
  const word = fc.stringMatching(/^[a-z_]{4,12}$/)
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 20 }), fc.nat(), (name, others, position) => {
      const at = position % name.length
      const wrong = `${name.slice(0, at)}${name.slice(at + 1)}`
      const found = nearest(wrong, [...others, name])
      expect(found.length).toBeLessThanOrEqual(3)
      if (!others.some((other) => nearest(wrong, [other]).length > 0)) expect(found).toContain(name)
    }),
  )
})
