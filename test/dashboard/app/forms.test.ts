import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asTyped, asValue, formGroups } from '../../../src/dashboard/app/core/form-fields.js'
import { lineDiff } from '../../../src/dashboard/app/core/line-diff.js'
import { headerRows, jsonProblem, paramsOf, pastedRows } from '../../../src/dashboard/app/core/rows.js'
import { urlPieces } from '../../../src/dashboard/app/core/try-url.js'
import { projectJsonSchema } from '../../../src/project/json-schema.js'

test('the form has the fields of the schema, required ones marked, without those that are not served', () => {
  const groups = formGroups(projectJsonSchema(), 'outgoing_rest')
  const fields = groups.flatMap((group) => group.fields)
  expect(groups[0]?.title).toBe('Basics')
  expect(fields.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(['name', 'host'])
  expect(fields.find(({ name }) => name === 'timeout')).toMatchObject({ kind: 'number', fallback: '60' })
  expect(fields.find(({ name }) => name === 'data_format')).toMatchObject({ kind: 'choice' })
  expect(fields.find(({ name }) => name === 'validate_tls')).toMatchObject({ kind: 'boolean' })
  expect(fields.find(({ name }) => name === 'headers')).toMatchObject({ kind: 'map' })
  expect(fields.find(({ name }) => name === 'circuit_breaker')).toMatchObject({ kind: 'object' })
  expect(fields.some(({ name }) => name === 'security_name' || name === 'scheduler_run_every')).toBe(false)
})

test('what is typed becomes a value of the file, and back', () => {
  expect(asValue('30', 'number')).toEqual({ value: 30 })
  expect(asValue('${TIMEOUT}', 'number')).toEqual({ value: '${TIMEOUT}' })
  expect(asValue('', 'text')).toEqual({})
  expect(asValue('a: 1\nb: x:y', 'map')).toEqual({ value: { a: '1', b: 'x:y' } })
  expect(asValue('nonsense', 'map').problem).toContain('name: value')
  expect(asValue('{', 'object').problem).toBe('Write it as JSON')
  expect(asTyped({ a: '1', b: 'x:y' }, 'map')).toBe('a: 1\nb: x:y')
  expect(asTyped(['a', 'b'], 'list')).toBe('a\nb')
})

test('a pasted query or JSON object becomes rows, other text stays text', () => {
  expect(pastedRows('?a=1&b=two%20words')).toEqual([
    ['a', '1'],
    ['b', 'two words'],
  ])
  expect(pastedRows('{"a":1,"b":"x"}')).toEqual([
    ['a', '1'],
    ['b', 'x'],
  ])
  expect(pastedRows('just text')).toBeUndefined()
  expect(pastedRows('{broken')).toBeUndefined()
})

test('several values of one name become a list', () => {
  expect(
    paramsOf([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
      ['', 'x'],
    ]),
  ).toEqual({ a: ['1', '3'], b: '2' })
})

test('headers that are made anew, or were not stored, are not offered for a replay', () => {
  expect(
    headerRows([
      ['Host', 'a'],
      ['accept', 'b'],
      ['authorization', '[redacted 32+]'],
    ]),
  ).toEqual([['accept', 'b']])
})

test('the address shows what is missing, and encodes what is there', () => {
  const pieces = urlPieces('https://a.example/c/{id}/{other}', { id: '1/2' }, [['q', 'a b']])
  expect(pieces.map(({ text }) => text).join('')).toBe('https://a.example/c/1%2F2/{other}?q=a%20b')
  expect(pieces.filter(({ isMissing }) => isMissing)).toEqual([{ text: '{other}', isMissing: true }])
})

test('broken JSON is told with its line', () => {
  expect(jsonProblem('{"a":1}')).toBeUndefined()
  expect(jsonProblem('')).toBeUndefined()
  expect(jsonProblem('{\n  "a": x\n}')).toMatchObject({ line: 2 })
})

test('both sides of a comparison hold all their lines, in order', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '')).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after)
      expect(lines.flatMap((line) => line.before ?? []).join('\n')).toBe(before)
      expect(lines.flatMap((line) => line.after ?? []).join('\n')).toBe(after)
      expect(lines.every(({ isSame, before: left, after: right }) => !isSame || left === right)).toBe(true)
    }),
  )
  expect(lineDiff('same\nold', 'same\nnew')).toEqual([
    { before: 'same', after: 'same', isSame: true },
    { before: 'old', after: 'new', isSame: false },
  ])
})
