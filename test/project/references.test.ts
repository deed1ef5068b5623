import fc from 'fast-check'
import { expect, test } from 'vitest'
import { missingText, resolveReferences } from '../../src/project/references.js'

const text = (value: string, env: Record<string, string> = {}) => resolveReferences(value, env).text

test('references are put in wherever they stand', () => {
  expect(text('${A}${B}/${A}', { A: '1', B: '2' })).toBe('1' + '2/1')
  expect(text('Zato_Enmasse_Env.A', { A: '1' })).toBe('1')
  expect(text('see Zato_Enmasse_Env.A', { A: '1' })).toBe('see Zato_Enmasse_Env.A')
})

test('a default stands in for what is missing or empty', () => {
  expect(text('${A:-x}')).toBe('x')
  expect(text('${A:-x}', { A: '' })).toBe('x')
  expect(text('${A:-x}', { A: '1' })).toBe('1')
  expect(text('${A:-}')).toBe('')
  expect(text('${A}', { A: '' })).toBe('')
})

test('two dollar signs are one, inside a default too; one that begins nothing stays', () => {
  expect(text('$$$$')).toBe('$$')
  expect(text('$${A}', { A: '1' })).toBe('${A}')
  expect(text('${A:-a$$b}')).toBe('a$b')
  expect(text('$ $5 $A a$', { A: '1' })).toBe('$ $5 $A a$')
})

test('a missing variable is told with its message', () => {
  const { missing } = resolveReferences('${A} ${B:?ask the partner} ${C:?}', {})
  expect(missing.map(missingText)).toEqual([
    'The environment variable "A" is missing',
    'The environment variable "B" is missing: ask the partner',
    'The environment variable "C" is missing',
  ])
})

test('what an object has from its prototype is no variable', () => {
  expect(resolveReferences('${constructor}', {}).missing).toEqual([{ name: 'constructor', message: undefined }])
})

test.each(['${}', '${A', '${ A }', '${A-b}', '${1}', '${A:-${B}}', '${A:?${B}}'])('%s is malformed', (value) => {
  expect(resolveReferences(value, { A: '1', B: '2' }).malformed).toBeDefined()
})

test('only a value that is one reference as a whole may take another type', () => {
  const isReference = (value: string) => resolveReferences(value, { A: '1' }).isReference
  expect(['${A}', '${A:-1}', 'Zato_Enmasse_Env.A'].map(isReference)).toEqual([true, true, true])
  expect(['$${A}', '${A}${A}', ' ${A}', '1'].map(isReference)).toEqual([false, false, false, false])
})

test('text without a dollar sign comes back unchanged', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      fc.pre(!value.includes('$') && !value.startsWith('Zato_Enmasse_Env.'))
      expect(resolveReferences(value, {})).toMatchObject({ text: value, missing: [], isReference: false })
    }),
  )
})

test('what comes from the environment is never expanded again', () => {
  const value = fc
    .array(fc.constantFrom('$', '$$', '${A}', '${B}', '{', '}', '$&', '$1', 'x', '\n'))
    .map((all) => all.join(''))
  fc.assert(
    fc.property(value, (held) => {
      expect(text('<${A}>', { A: held, B: 'never' })).toBe(`<${held}>`)
    }),
  )
})
