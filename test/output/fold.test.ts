import fc from 'fast-check'
import { expect, test } from 'vitest'
import { referencedNames } from '../../src/project/references.js'
import { displayWidth, fold } from '../../src/output/width.js'
import { expiryText } from '../../src/output/certificate.js'

const texts = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.webUrl({ withQueryParameters: true }))

test('folded text is never wider than asked for, and loses nothing but blanks', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 40 }), (text, width) => {
      const lines = fold(text, width)
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
    }),
  )
})

test('text that fits is one line, an address that does not breaks where the screen ends', () => {
  expect(fold('a b', 3)).toEqual(['a b'])
  expect(fold('see https://x.test/abcdef', 10)).toEqual(['see', 'https://x.', 'test/abcde', 'f'])
})

test('names that a value refers to are told, each once', () => {
  expect(referencedNames('${A}-${B:-x}-${A}-$${C}-${D:?why}')).toEqual(['A', 'B', 'D'])
  expect(referencedNames('Zato_Enmasse_Env.KEY')).toEqual(['KEY'])
  expect(referencedNames('nothing, ${1}, $$, ${')).toEqual([])
})

test('what is left of a certificate is told in days', () => {
  const now = Date.UTC(2026, 0, 10, 12)
  const day = 86_400_000
  const left = (days: number) => expiryText({ validTo: now + days * day }, now)
  expect([61, 1.5, 0.5, 0, -3].map(left)).toEqual([
    'expires in 61 days',
    'expires in 1 day',
    'expires within a day',
    'expired on 2026-01-10',
    'expired on 2026-01-07',
  ])
})
