import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findJsonError } from '../../src/service/json-error.js'

const parses = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const found = (text: string) => {
  const error = findJsonError(text)
  return error && `${error.offset}: ${error.message}`
}

test.each([
  ['', '0: Expected a value, found the end of the body'],
  ['   ', '3: Expected a value, found the end of the body'],
  ['{"a":1,}', '7: Expected a property name in double quotes, found "}"'],
  ['{a:1}', '1: Expected a property name in double quotes or "}", found "a"'],
  ["{'a':1}", '1: Expected a property name in double quotes or "}", found "\'"'],
  ['{"a" 1}', '5: Expected ":", found "1"'],
  ['{"a":}', '5: Expected a value, found "}"'],
  ['{"a":1 "b":2}', '7: Expected "," or "}", found "\\""'],
  ['[1,]', '3: Expected a value, found "]"'],
  ['[,1]', '1: Expected a value or "]", found ","'],
  ['[1', '2: Expected "," or "]", found the end of the body'],
  ['[1}', '2: Expected "," or "]", found "}"'],
  ['1 2', '2: Expected the end, found "2"'],
  ['01', '1: Expected the end, found "1"'],
  ['-', '0: Expected a value, found "-"'],
  ['[1.]', '2: Expected "," or "]", found "."'],
  ['NaN', '0: Expected a value, found "N"'],
  ['nul', '0: Expected a value, found "n"'],
  ['[😀]', '1: Expected a value or "]", found "😀"'],
  ['"a\nb"', '2: Control character "\\n" in a string'],
  ['"a\\x"', '2: Invalid escape in a string'],
  ['"\\u12g4"', '1: Invalid escape in a string'],
  ['["abc', '5: A string is never closed'],
  ['{"a":1}}', '7: Expected the end, found "}"'],
])('in %j the first mistake is found', (text, expected) => {
  expect(parses(text)).toBe(false)
  expect(found(text)).toBe(expected)
})

/** JSON texts with one character removed, added or replaced. */
const damaged = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', '0', '-', '.', 'e', '\\', '\n', 'true', ' '),
    fc.boolean(),
  )
  .map(([text, position, insert, remove]) => {
    const at = position % (text.length + 1)
    return text.slice(0, at) + insert + text.slice(remove ? at + 1 : at)
  })

test('a place is found in each text that JSON.parse refuses, inside it', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string()), (text) => {
      fc.pre(!parses(text))
      const offset = findJsonError(text)?.offset
      expect(offset).toBeGreaterThanOrEqual(0)
      expect(offset).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 3000 },
  )
})

test('no mistake is found in what JSON.parse accepts', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      expect(findJsonError(text)).toBeUndefined()
    }),
  )
})

test.each([
  ['open arrays', '['.repeat(200_000)],
  ['open objects', '{"a":'.repeat(200_000)],
  ['arrays closed once too often', '['.repeat(200_000) + ']'.repeat(200_001)],
  ['a long number', `[${'1'.repeat(5_000_000)}x]`],
  ['a long string', `["${'a'.repeat(5_000_000)}`],
])('%s: the search does not exhaust the stack', (_, text) => {
  expect(findJsonError(text)?.offset).toBeGreaterThan(0)
})
