import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor, isSensitiveName, redacted } from '../src/redact.js'

const secret = 'p@ss/w+rd é "1"='

describe('text', () => {
  const redactor = createRedactor([secret, 'other-secret', 'short'])
  const text = (value: string) => redactor.text(value)

  test.each([
    ['as it is', secret],
    ['as a URL component', encodeURIComponent(secret)],
    ['with lower-case escapes', encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase())],
    ['with a plus for a blank', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['as a form', new URLSearchParams({ x: secret }).toString().slice(2)],
    ['in a URL inside a URL', encodeURIComponent(encodeURIComponent(secret))],
    ['in JSON', JSON.stringify({ a: secret }).slice(6, -2)],
  ])('hides a secret %s', (_, spelling) => {
    expect(text(`before ${spelling} after ${spelling}`)).toBe(`before ${redacted} after ${redacted}`)
  })

  test('hides a secret in base64 wherever it begins, in both alphabets', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 6, maxLength: 40 }),
        fc.string(),
        fc.string(),
        (own, before, after) => {
          const knowing = createRedactor([own])
          for (const encoding of ['base64', 'base64url'] as const) {
            const shown = knowing.text(Buffer.from(before + own + after).toString(encoding))
            expect(shown).toContain(redacted)
            // What is left does not decode to any of it that matters.
            for (const rest of shown.split(redacted))
              expect(Buffer.from(rest, encoding).toString().includes(own)).toBe(false)
          }
        },
      ),
    )
  })

  test('hides every one of several secrets, the longest first', () => {
    const nested = createRedactor(['secret', 'secret-and-more'])
    expect(nested.text('secret-and-more secret')).toBe(`${redacted} ${redacted}`)
    expect(text('other-secret')).toBe(redacted)
  })

  test('leaves alone what is too short to be told apart', () => {
    expect(text('a short word')).toBe('a short word')
  })

  test('takes no character of a secret for a pattern', () => {
    const pattern = createRedactor(['.*+?^${}()|[]\\/-'])
    expect(pattern.text('plain')).toBe('plain')
    expect(pattern.text('x.*+?^${}()|[]\\/-y')).toBe(`x${redacted}y`)
  })

  test('hides userinfo of any URL', () => {
    expect(text('see https://user:pa:ss@api.example.com/x@y and redis://:pw@h')).toBe(
      `see https://${redacted}@api.example.com/x@y and redis://${redacted}@h`,
    )
    expect(text('https://api.example.com/a@b')).toBe('https://api.example.com/a@b')
    expect(text('https://u@x:p@host')).toBe(`https://${redacted}@host`)
  })

  test('takes linear time over hostile text', () => {
    const started = performance.now()
    for (const piece of ['a.', '://', '://a@', 'a://a', '@', 'AAAA']) text(piece.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('without secrets changes nothing else', () => {
    fc.assert(
      fc.property(
        fc.string().filter((one) => !one.includes('://')),
        (one) => {
          expect(createRedactor([]).text(one)).toBe(one)
        },
      ),
    )
  })
})

describe('names', () => {
  test.each([
    'Authorization',
    'PROXY-AUTHORIZATION',
    'Cookie',
    'Set-Cookie',
    'X-API-Key',
    'api_key',
    'apikey',
    'access_token',
    'id-token',
    'client_secret',
    'client_assertion',
    'password',
    'my.password',
    'X-Session',
    'signature',
    'X-Amz-Signature',
  ])('"%s" says that its value is a secret', (name) => {
    expect(isSensitiveName(name)).toBe(true)
  })

  test.each(['Accept', 'Content-Type', 'X-Zato-CID', 'tokenizer', 'keyboard', 'author', 'status', 'traceparent', 'id'])(
    '"%s" does not',
    (name) => {
      expect(isSensitiveName(name)).toBe(false)
    },
  )

  test('of definitions hide short values, too', () => {
    const redactor = createRedactor([], ['X-Partner'])
    expect(redactor.field('x-partner', 'abc')).toBe(redacted)
    expect(redactor.field('x-other', 'abc')).toBe('abc')
  })
})

describe('headers and URLs', () => {
  const redactor = createRedactor(['hidden-one'])

  test('are copied, with their secrets hidden', () => {
    const original = { authorization: 'Basic x', accept: 'hidden-one', 'set-cookie': ['a=1', 'b=2'] }
    expect(redactor.headers<string | string[]>(original)).toEqual({
      authorization: redacted,
      accept: redacted,
      'set-cookie': [redacted, redacted],
    })
    expect(original.authorization).toBe('Basic x')
  })

  test.each([
    ['https://u:p@h/x', `https://${redacted}@h/x`],
    ['https://h/hidden-one/x', `https://h/${redacted}/x`],
    ['https://h/x?a=1&token=abc&b=hidden-one', `https://h/x?a=1&token=${redacted}&b=${redacted}`],
    ['https://h/x?api%5Fkey=abc', `https://h/x?api%5Fkey=${redacted}`],
    ['https://h/x?hidden-one', `https://h/x?${redacted}`],
    ['https://h/x?hidden-one=1', `https://h/x?${redacted}=1`],
    ['https://h/x?a=b=c?d', 'https://h/x?a=b=c?d'],
    ['https://h/x?%=1', 'https://h/x?%=1'],
    ['https://h/x', 'https://h/x'],
    ['https://h/x?a b=1&my token=2', 'https://h/x?a b=1&my token=2'],
    ['https://h/x?x\u00a0token=1', 'https://h/x?x\u00a0token=1'],
  ])('%s is shown as %s', (address, shown) => {
    expect(redactor.url(address)).toBe(shown)
  })

  test('the quick look at its keys overlooks none, whatever stands around them', () => {
    const knowing = createRedactor([], ['api!key'])
    const key = fc.constantFrom('token', 'api_key', 'x-session', 'pass%77ord', 'api!key', 'my.secret', 'Token', 'plain')
    const piece = fc.oneof(key, fc.string({ unit: fc.constantFrom(...Array.from('ab?&#;=="<> \t\u00a0é%2!~')) }))
    const pair = /([?&#;])([^?&#;=\s"<>]+)=([^&#\s"<>]*)/g
    fc.assert(
      fc.property(fc.array(piece), fc.constantFrom('?', '&', '#', ';'), key, piece, (before, mark, name, after) => {
        const address = `${before.join('')}${mark}${name}=value${after}`
        const shown = address.replace(pair, (all: string, sign: string, own: string) => {
          const decoded = own.replaceAll('%77', 'w')
          return decoded === 'api!key' || isSensitiveName(decoded) ? `${sign}${own}=${redacted}` : all
        })
        expect(knowing.url(address)).toBe(shown)
      }),
      { numRuns: 500 },
    )
  })
})
