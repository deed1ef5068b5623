import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openPlaceholders, parsePath, placeholdersOf } from '../../src/project/path.js'

const template = fc
  .array(
    fc.oneof(fc.constantFrom('{', '}', '/', '{a}', '{b-1}', '{ }', '{}', '.json', '%2F'), fc.string({ maxLength: 4 })),
  )
  .map((pieces) => pieces.join(''))

test('a path is literals and placeholders, in order', () => {
  expect(parsePath('/a/{b}-{c_1}.json')).toEqual({
    parts: [
      { kind: 'literal', text: '/a/' },
      { kind: 'placeholder', name: 'b' },
      { kind: 'literal', text: '-' },
      { kind: 'placeholder', name: 'c_1' },
      { kind: 'literal', text: '.json' },
    ],
    problems: [],
  })
  expect(placeholdersOf('/a/{b}-{c_1}.json')).toEqual(['b', 'c_1'])
})

test.each([
  ['/{a', 'The placeholder "{a" is never closed', [1, 3]],
  ['/a}', 'A "}" closes no placeholder', [2, 3]],
  ['/{}', 'A placeholder has no name', [1, 3]],
  ['/{a b}', 'The placeholder name "a b" holds other characters than letters, digits, "_" and "-"', [1, 6]],
  ['/{a}/{a}', 'The placeholder "{a}" stands twice in the path', [5, 8]],
  ['/{a}{b}', 'Nothing stands between "{b}" and the placeholder before it', [4, 7]],
])('%s is malformed, and the problem says where', (path, message, [start, end]) => {
  expect(parsePath(path).problems).toEqual([expect.objectContaining({ message, start, end })])
})

test('the parts of a path without problems are the path', () => {
  fc.assert(
    fc.property(template, (text) => {
      const { parts, problems } = parsePath(text)
      fc.pre(problems.length === 0)
      expect(parts.map((part) => (part.kind === 'literal' ? part.text : `{${part.name}}`)).join('')).toBe(text)
    }),
  )
})

test('the offsets of every problem lie in the path', () => {
  fc.assert(
    fc.property(template, (text) => {
      for (const { start, end } of parsePath(text).problems) {
        expect(start).toBeGreaterThanOrEqual(0)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(text.length)
      }
    }),
  )
})

test('a call has to give the placeholders that its connection declares no value for, each once', () => {
  const urlPath = '/{base}/{to}/{to}'
  expect(openPlaceholders({ urlPath })).toEqual(['base', 'to'])
  expect(openPlaceholders({ urlPath, requestPathParams: [{ key: 'base' }] })).toEqual(['to'])
})
