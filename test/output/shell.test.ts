import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellParts, shellWord } from '../../src/output/shell.js'

const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((value) => !value.includes('\0'))

test('what needs no quotes gets none', () => {
  expect(shellWord('/customers/12345')).toBe('/customers/12345')
  expect(shellWord('customer_id=12345')).toBe('customer_id=12345')
})

test('an empty word is a word', () => {
  expect(shellWord('')).toBe("''")
  expect(shellParts([])).toBe("''")
  expect(shellParts(['', ''])).toBe("''")
})

test('a quote inside a word is closed, written and opened again', () => {
  expect(shellWord("it's")).toBe("'it'\\''s'")
})

test('a real shell reads each word as the text it was made of', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (words) => {
      const script = `for w in ${words.map(shellWord).join(' ')}; do printf '%s\\0' "$w"; done`
      const read = execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1)
      expect(read).toEqual(words)
    }),
    { numRuns: 50 },
  )
})

test('a variable stands between quoted texts, and keeps whatever it holds', () => {
  const word = shellParts(['X-Key: ', '$', { variable: 'KEY' }, " it's"])
  expect(word).toBe(`'X-Key: $'"$KEY"' it'\\''s'`)
  const read = execFileSync('sh', ['-c', `printf %s ${word}`], { env: { KEY: '*  `id` $HOME' } }).toString()
  expect(read).toBe("X-Key: $*  `id` $HOME it's")
})
