import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../src/redact.js'
import { plainEntry } from '../src/runtime/plain-entry.js'

const redactor = createRedactor([], ['iban', 'X-Customer'], ['card.number', '$.items[].tax_id'])
const canary = 'canary-4111'

describe('fields of a body', () => {
  test('are hidden by name and by path, and nothing else is changed', () => {
    const text =
      '{ "card": {"number": 4111, "name": "A"},\n "number": 1.10, "items": [{"tax_id": ["a", {"b": "]"}], "n": 2}] }'
    expect(redactor.fields(text)).toBe(
      '{ "card": {"number": "[redacted]", "name": "A"},\n "number": 1.10, "items": [{"tax_id": "[redacted]", "n": 2}] }',
    )
    expect(redactor.fields('{"a":{"card":[{"num\\u0062er":"x"}]}}')).toBe(
      '{"a":{"card":[{"num\\u0062er":"[redacted]"}]}}',
    )
    expect(redactor.fields('a=1&iban=DE12&b=2')).toBe('a=1&iban=[redacted]&b=2')
    expect(redactor.fields('{"password":"x"}')).toBe('{"password":"[redacted]"}')
    expect(redactor.fields('a sentence: with "quotes": here')).toBe('a sentence: with "quotes": here')
  })

  test('are hidden in JSON that breaks off', () => {
    expect(redactor.fields('{"card":{"number":"41')).toBe('{"card":{"number":"[redacted]"')
    expect(redactor.fields('{"card":{"number":{"a":[1')).toBe('{"card":{"number":"[redacted]"')
  })

  test('take no time without measure', () => {
    const deep = `${'{"a":['.repeat(100_000)}1${']}'.repeat(100_000)}`
    expect(redactor.fields(deep)).toBe(deep)
    expect(redactor.fields('"'.repeat(100_001))).toHaveLength(100_001)
  })
})

/** Any JSON, with what is to be hidden somewhere in it. */
const around = (secret: unknown) =>
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant({ card: { number: secret, name: 'x' } }),
      fc.constant({ iban: [secret, { deep: secret }] }),
      fc.constant({ items: [[{ tax_id: secret }]] }),
      fc.jsonValue(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), tie('value'), { maxKeys: 3 }),
    ),
  })).value

describe('what is to be hidden', () => {
  test('is in no body that is shown, and what is shown is still JSON with all else in it', () => {
    fc.assert(
      fc.property(around(canary), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, undefined, space)
        const shown = redactor.fields(text)
        expect(shown).not.toContain(canary)
        JSON.parse(shown)
        if (!text.includes(canary) && !/card|iban|items|token|secret|pass/i.test(text)) expect(shown).toBe(text)
      }),
    )
  })

  test('is in no log line', () => {
    fc.assert(
      fc.property(around(canary), (value) => {
        const message = `The API got ${JSON.stringify(value)}`
        const entry = plainEntry(
          { time: 0, level: 'info', message, fields: { value, text: JSON.stringify({ value }) } },
          redactor,
        )
        expect(JSON.stringify(entry)).not.toContain(canary)
      }),
    )
  })

  test('is in no address and no header', () => {
    expect(redactor.url(`https://a/b?IBAN=${canary}&c=1`)).toBe('https://a/b?IBAN=[redacted]&c=1')
    expect(redactor.headers({ 'x-customer': canary, 'x-other': '1' })).toEqual({
      'x-customer': '[redacted]',
      'x-other': '1',
    })
  })
})
