import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor, redacted } from '../src/redact.js'

/** Whatever a sink makes of a text that holds a secret, the secret is not in it any more once it has been redacted. */

const awkward = fc.constantFrom(
  ...['"', "'", '`', '\\', '\n', '\r\n', '\t', '/', '~', '%', '&', '=', '+', ' ', '${', '\0', '\x1b', 'é', '中', '🙂'],
)
const letters = fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/)
const text = fc.array(fc.oneof(awkward, letters), { maxLength: 8 }).map((parts) => parts.join(''))
/** It has something that is found again, and is told apart from what stands around it. */
const secrets = fc.tuple(text, text).map(([before, after]) => `${before}qJ7wK9${after}`)

const pointer = (key: string) => `/items/${key.replaceAll('~', '~0').replaceAll('/', '~1')}/0`
const nested = (value: string) => ({ config: { auth: { password: value }, list: [value, { url: `x${value}` }] } })

const sinks: Record<string, (value: string) => string> = {
  'as it is': (value) => value,
  'JSON.stringify': (value) => JSON.stringify(nested(value)),
  'JSON in JSON': (value) => JSON.stringify({ body: JSON.stringify({ value }) }),
  'util.inspect': (value) => inspect(nested(value), { depth: 9 }),
  'util.inspect of an error': (value) => inspect(Object.assign(new Error('x'), nested(value)), { depth: 9 }),
  'util.inspect of an error that says it': (value) => inspect(new Error(`no: ${value}`)),
  'util.inspect of JSON': (value) => inspect({ body: JSON.stringify({ value }) }),
  URLSearchParams: (value) => new URLSearchParams({ a: value, b: `x${value}` }).toString(),
  encodeURIComponent: (value) => `?a=${encodeURIComponent(value)}`,
  'encodeURIComponent, twice': (value) => encodeURIComponent(encodeURIComponent(value)),
  encodeURI: (value) => encodeURI(`https://api.example.com/${value}`),
  'JSON pointer': pointer,
  'JSON pointer in JSON': (value) => JSON.stringify({ path: pointer(value) }),
  base64: (value) => Buffer.from(value).toString('base64'),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  'base64 in a URL': (value) => encodeURIComponent(Buffer.from(value).toString('base64')),
  'base64 of JSON': (value) => Buffer.from(JSON.stringify({ value })).toString('base64'),
}

/** What tells of the secret: the recognisable part in it, however it is coded. */
const core = 'qJ7wK9'
const coded = (encoding: 'base64' | 'base64url') =>
  ['', 'x', 'xx'].map((before) =>
    Buffer.from(`${before}${core}`)
      .toString(encoding)
      .slice(before === '' ? 0 : before.length + 1, -4),
  )

describe('A secret is not shown by', () => {
  test.each(Object.entries(sinks))('%s', (_, render) => {
    fc.assert(
      fc.property(secrets, text, text, (secret, before, after) => {
        const shown = createRedactor([secret]).text(render(`${before}${secret}${after}`))
        expect(shown).toContain(redacted)
        expect(shown).not.toContain(core)
        for (const piece of [...coded('base64'), ...coded('base64url')]) expect(shown).not.toContain(piece)
      }),
    )
  })

  test('btoa', () => {
    const secret = 'pä:ss-wörd'
    const shown = createRedactor([secret]).text(`Basic ${btoa(`shop:${secret}`)}`)
    expect(shown).toContain(redacted)
    expect(Buffer.from(shown.split(redacted)[0] ?? '', 'base64').toString('latin1')).not.toContain('pä')
  })

  test.each([
    ['its lines one by one', 'first line\nsecond line', ['> first line', '> second line']],
    ['without the line break at its end', 'hunter2-secret\n', ['password is hunter2-secret.']],
    ['without the blanks around it', '  hunter2-secret  ', ['password is hunter2-secret.']],
    ['its lines without the blanks around them', 'first line\n    second line', ['- second line']],
  ])('a text that holds %s', (_, secret, lines) => {
    const redactor = createRedactor([secret])
    for (const line of lines) expect(redactor.text(line)).not.toMatch(/first|second|hunter2/)
  })
})

test('Short lines of a secret, or one that is short without its blanks, hide nothing else', () => {
  const redactor = createRedactor(['ab\ncd\nlong enough', 'abc     '])
  expect(redactor.text('ab cd abc')).toBe('ab cd abc')
})

test('What is learned later is hidden from then on, unless it is short', () => {
  const redactor = createRedactor(['secret'])
  for (const secret of ['secret-and-more', 'secret-and-more', 'short', '']) redactor.learn(secret)
  expect(redactor.text('secret-and-more, secret, short')).toBe(`${redacted}, ${redacted}, short`)
  const empty = createRedactor([])
  expect(empty.text('a-late-token')).toBe('a-late-token')
  empty.learn('a-late-token')
  expect(empty.text(encodeURIComponent('a-late-token='))).toBe(`${redacted}%3D`)
})

test('Secrets that overlap are hidden as one', () => {
  expect(createRedactor(['abcdefgh', 'efghijkl', 'cdefgh']).text('1 abcdefghijkl 2')).toBe(`1 ${redacted} 2`)
  expect(createRedactor(['abcdefgh']).text('abcdefghabcdefgh')).toBe(`${redacted}${redacted}`)
})

test('A text is redacted as a search for every spelling would do it', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B'), minLength: 6, maxLength: 9 })
  const long = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B'), maxLength: 60 })
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), long, (known, searched) => {
      const shown = createRedactor(known).text(searched)
      for (const one of known) expect(shown.toLowerCase()).not.toContain(one.toLowerCase())
      const isThere = known.some((one) => searched.toLowerCase().includes(one.toLowerCase()))
      expect(shown !== searched).toBe(isThere)
    }),
  )
})

test('A thousand secrets make a log line no slower', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `secret-${index}-word-${'x'.repeat(index % 40)}`)
  const redactor = createRedactor(many)
  const line = `GET https://api.example.com/orders?status=pending failed: no reply came within 60 s ${'.'.repeat(120)}`
  const rounds = Array.from({ length: 10 }, () => {
    const startedAt = performance.now()
    for (let index = 0; index < 500; index++) redactor.text(line)
    return ((performance.now() - startedAt) * 1000) / 500
  })
  // In microseconds; about 1 on an idle core.
  expect(Math.min(...rounds)).toBeLessThan(20)
})
