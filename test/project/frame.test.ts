import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderFrame } from '../../src/project/frame.js'
import { createRedactor } from '../../src/redact.js'

const redactor = createRedactor(['canary-secret'])
const frame = (text: string, [line, column, length]: readonly [number, number, number]) =>
  renderFrame(text, { line, column, length }, { redactor })

test('the wrong line stands between two lines before it and one after, with carets under what is wrong', () => {
  expect(frame('a\nb\nc\ndef\ne\nf\n', [4, 2, 2])).toBe('2 | b\n3 | c\n4 | def\n  |  ^^\n5 | e')
})

test('the first line and the last one have fewer around them', () => {
  expect(frame('abc', [1, 1, 3])).toBe('1 | abc\n  | ^^^')
  expect(frame('a\nb', [2, 1, 1])).toBe('1 | a\n2 | b\n  | ^')
  expect(frame('', [1, 1, 1])).toBe('1 |\n  | ^')
})

test('the numbers of the lines end in one column', () => {
  expect(frame('\n'.repeat(8) + 'nine\nten', [9, 1, 4])).toContain(' 9 | nine\n   | ^^^^\n10 | ten')
})

test('a tab is one column, and so is a character that a terminal would obey', () => {
  expect(frame('\u0009a: \u001B[2Jb\r\nc', [1, 2, 1])).toBe('1 |  a: \uFFFD[2Jb\n  |  ^\n2 | c')
  expect(frame('a\u2028b\u202Ec', [1, 1, 1])).toBe('1 | a\uFFFDb\uFFFDc\n  | ^')
})

test('a long line is cut around what is wrong', () => {
  const [shown = '', carets = ''] = frame(`${'x'.repeat(5000)}wrong${'y'.repeat(5000)}`, [1, 5001, 5]).split('\n')
  expect(shown.length).toBeLessThan(110)
  expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('wrong')
  const [end = '', below = ''] = frame(`${'x'.repeat(5000)}wrong`, [1, 5001, 5]).split('\n')
  expect(end.slice(below.indexOf('^'))).toBe('wrong')
})

test('secrets are masked, and the carets move with what they underline', () => {
  const [shown = '', carets = ''] = frame('{password: "hunter2", tyop: canary-secret}', [1, 23, 4]).split('\n')
  expect(shown).toBe('1 | {password: [redacted], tyop: [redacted]}')
  expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('tyop')
})

test('a reference to the environment is no secret', () => {
  expect(frame('password: ${P}', [1, 1, 8])).toContain('password: ${P}')
})

test('no place makes it fail, and carets are never missing', () => {
  const place = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 300 }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 250 }), place, (text, at) => {
      expect(frame(text, at)).toMatch(at[0] <= text.split('\n').length ? /\^/ : /^/)
    }),
  )
})
