import fc from 'fast-check'
import { expect, test } from 'vitest'
import { showUnseen } from '../../../src/dashboard/app/core/visible-text.js'

/** A line end may be written with a carriage return. */
const hidden = /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const unseen = fc.constantFrom(
  ...Array.from('\u0000\u0007\r\n\t\u001b\u007f\u0085\u009b\u200e\u200f\u202a\u202e\u2066\u2069'),
)
const text = fc.array(fc.oneof(fc.string({ unit: 'binary' }), unseen)).map((parts) => parts.join(''))

function made(type: unknown, props: unknown): unknown {
  const node = { type, props }
  showUnseen(node)
  return node.props
}

test('no shown text holds a character that cannot be seen', () => {
  fc.assert(fc.property(text, (one) => !hidden.test(String(made(null, one)))))
  fc.assert(fc.property(text, (one) => !hidden.test((made('a', { title: one }) as { title: string }).title)))
  expect(made(null, 'a\u001b[2J\u202eb')).toBe('a\\x1b[2J\\u202eb')
  expect(made('a', { title: '\u202e', 'aria-label': '\u009b' })).toEqual({ title: '\\u202e', 'aria-label': '\\x9b' })
})

test('text without such a character is unchanged', () => {
  fc.assert(
    fc.property(
      text.filter((one) => !hidden.test(one)),
      (one) => made(null, one) === one,
    ),
  )
})

test('values, addresses and what components are given stay exact', () => {
  fc.assert(
    fc.property(text, (one) => {
      const props = { value: one, href: one }
      expect(made('input', props)).toBe(props)
      const given = { title: one, text: one }
      expect(made(() => null, given)).toBe(given)
    }),
  )
})
