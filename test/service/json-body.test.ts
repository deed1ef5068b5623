import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { Service } from '../../src/index.js'
import { running } from './running.js'

class Echo extends Service {
  handle() {
    return { payload: this.request.payload, isObject: this.request.payload instanceof Object }
  }
}

/** Answers how deep its payload is nested, without recursion. */
class Depth extends Service {
  handle() {
    let depth = 0
    for (let at = this.request.payload; Array.isArray(at); at = at[0] as unknown) depth++
    return depth
  }
}

const project = running({ Echo, Depth })
afterAll(() => project.close())

const post = (body: string | Uint8Array, headers = {}) => project.send('test.echo', { method: 'POST', body, headers })

const accepted: [title: string, text: string][] = [
  ['an empty object', '{}'],
  ['an empty array', '[]'],
  ['a number alone', '42'],
  ['a string alone', '"asd"'],
  ['an empty string alone', '""'],
  ['true alone', 'true'],
  ['false alone', 'false'],
  ['null alone', 'null'],
  ['blanks around everything', ' \t\r\n{ "a" : [ 1 , 2 ] } \n'],
  ['a trailing new line', '["a"]\n'],
  ['an empty key', '{"":0}'],
  ['a key that repeats', '{"a":"b","a":"c"}'],
  ['a key with NUL', '{"foo\\u0000bar":42}'],
  ['keys that look like prototypes', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
  ['zero', '[0,-0,0.0,-0.0,0e1,0E+1,0e-1]'],
  ['numbers with exponents', '[1e1,1E1,1e+1,1E-2,123.456e78,20e1]'],
  ['a number that is too large', '[123.456e-789,1.0E+2,0.4e00669999999999999999999999999999999999999999999]'],
  ['an integer beyond 2^53', '[9007199254740993]'],
  ['a long number', `[${'1'.repeat(2000)}]`],
  ['every escape', '["\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\uD83D\\uDE00"]'],
  ['a lone surrogate in an escape', '["\\uDADA","\\uD800\\n"]'],
  ['U+2028, U+2029 and DEL, unescaped', '["\u2028\u2029\u007f"]'],
  ['noncharacters', '["\uFFFF\uFDD0\u{10FFFF}"]'],
  ['text of several scripts', '["€𝄞žluťoučký日本語"]'],
  ['comment signs in a string', '["a/*b*/c/*d//e"]'],
  ['nested structures', '{"a":[{"b":[[[{}]]]}]}'],
  ['500 nested arrays', '['.repeat(500) + ']'.repeat(500)],
]

const rejected: [title: string, text: string][] = [
  ['blanks only', ' '],
  ['a comma after the last element', '[1,]'],
  ['a comma after the last member', '{"id":0,}'],
  ['two commas', '[1,,2]'],
  ['a comma alone', '[,]'],
  ['a comma before the first element', '[,1]'],
  ['no comma', '["a" "b"]'],
  ['a colon in an array', '["": 1]'],
  ['two colons', '{"x"::"b"}'],
  ['no colon', '{"a" "b"}'],
  ['no value', '{"a":'],
  ['a key without quotes', '{a:"b"}'],
  ['a key in single quotes', "{'a':0}"],
  ['a key that is a number', '{1:1}'],
  ['a string in single quotes', "['single']"],
  ['an array that is not closed', '["x"'],
  ['an array closed as an object', '["x"}'],
  ['an object that is not closed', '{"asd":"asd"'],
  ['something after the end', '{}}'],
  ['two values', '1 2'],
  ['a comment', '{"a":/*comment*/"b"}'],
  ['a line comment', '{"a":"b"}//'],
  ['a hash comment', '{"a":"b"}#'],
  ['a leading plus', '[+1]'],
  ['a leading zero', '[012]'],
  ['a leading zero after a minus', '[-01]'],
  ['a minus alone', '[-]'],
  ['two minuses', '[--2.]'],
  ['a point without a digit after it', '[1.]'],
  ['a point without a digit before it', '[.1]'],
  ['an exponent without a digit', '[1e]'],
  ['an exponent with a sign only', '[0e+]'],
  ['two exponents', '[1eE2]'],
  ['hexadecimal', '[0x42]'],
  ['a blank in a number', '[1 000.0]'],
  ['full-width digits', '[１]'],
  ['Infinity', '[Infinity]'],
  ['-Infinity', '[-Infinity]'],
  ['NaN', '[NaN]'],
  ['-NaN', '[-NaN]'],
  ['True', '[True]'],
  ['nul', '[nul]'],
  ['undefined', 'undefined'],
  ['an unescaped new line in a string', '["new\nline"]'],
  ['an unescaped tab in a string', '["\t"]'],
  ['an unescaped NUL in a string', '["a\u0000a"]'],
  ['an escape that does not exist', '["\\a"]'],
  ['an escaped emoji', '["\\🌀"]'],
  ['an escape of hexadecimal', '["\\x00"]'],
  ['a \\u escape that is too short', '["\\u00A"]'],
  ['a \\u escape in capitals', '["\\U0041"]'],
  ['a string that is not closed', '["asd]'],
  ['a string that ends in a backslash', '["\\"]'],
  ['a form feed between values', '[\f]'],
  ['a no-break space between values', '[\u00a0]'],
  ['a zero-width space', '[\u2060]'],
  ['an angle bracket', '<.>'],
  ['a form', 'a=1&b=2'],
  ['a template literal', '`a`'],
  ['spread', '{"a":"b",...{}}'],
  ['100,000 open arrays', '['.repeat(100_000)],
  ['100,000 open objects', '[{"":'.repeat(50_000)],
]

const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)))
const rejectedBytes: [title: string, body: Uint8Array][] = [
  ['a byte order mark alone', bytes([0xef, 0xbb, 0xbf])],
  ['half a byte order mark', bytes([0xef, 0xbb], '{}')],
  ['Latin-1', bytes('["', [0xe9], '"]')],
  ['overlong UTF-8', bytes('["', [0xc0, 0xaf], '"]')],
  ['a surrogate in UTF-8', bytes('["', [0xed, 0xa0, 0x80], '"]')],
  ['a truncated sequence', bytes('["', [0xe2, 0x82])],
  ['a lone continuation byte', bytes('["', [0x81], '"]')],
  ['UTF-16 with a byte order mark', bytes([0xff, 0xfe], Buffer.from('[]', 'utf16le').toString('latin1'))],
  ['UTF-16 without one', Buffer.from('["é"]', 'utf16le')],
  ['NUL', bytes([0])],
]

describe('a JSON body', () => {
  test.each(accepted)('with %s is accepted', async (_, text) => {
    const reply = await post(text)
    expect(reply.statusCode).toBe(200)
    expect((reply.json as { payload: unknown }).payload).toEqual(JSON.parse(JSON.stringify(JSON.parse(text))))
  })

  test.each(rejected)('with %s is 400, and the caller is told where', async (_, text) => {
    const reply = await post(text)
    expect(reply).toMatchObject({ statusCode: 400, problem: { title: 'Bad Request' } })
    expect(reply.problem?.detail).toMatch(/^Malformed JSON at line \d+, column \d+: ./)
  })

  test.each(rejectedBytes)('of bytes that are %s is 400', async (_, body) => {
    expect(await post(body)).toMatchObject({ statusCode: 400 })
  })

  test('is accepted with a byte order mark before it', async () => {
    expect((await post(bytes([0xef, 0xbb, 0xbf], '{"a":1}'))).json).toMatchObject({ payload: { a: 1 } })
  })

  test('is JSON whatever its Content-Type claims', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain; charset=iso-8859-1', 'nonsense', '']) {
      expect((await post('{"é":1}', { 'content-type': type })).json).toMatchObject({ payload: { é: 1 } })
    }
  })

  test('that is empty is no payload', async () => {
    expect((await post('')).json).toEqual({ isObject: false })
  })

  test.each([
    ['{\n  "a": 1,\n  "b": oops\n}', 'line 3, column 8: Expected a value, found "o"'],
    ['{\r\n"a" 1}', 'line 2, column 5: Expected ":", found "1"'],
    ['{"ž": }', 'line 1, column 7: Expected a value, found "}"'],
    ['["a"', 'line 1, column 5: Expected "," or "]", found the end of the body'],
  ])('%j is refused with its place', async (text, where) => {
    expect((await post(text)).problem?.detail).toBe(`Malformed JSON at ${where}`)
  })

  test('that is not UTF-8 is refused with its place, replacement characters that were sent or not', async () => {
    const body = bytes('{\n "a": "\uFFFD\uFFFD ž', [0xff], '"}')
    expect((await post(body)).problem?.detail).toBe('Malformed JSON at line 2, column 12: Invalid UTF-8')
  })

  test('of 200,000 levels neither crashes nor is refused', async () => {
    const body = '['.repeat(200_000) + ']'.repeat(200_000)
    expect((await project.send('test.depth', { method: 'POST', body })).json).toBe(200_000)
  })

  test('of 200,000 levels that is echoed is a 500 and no more', async () => {
    const reply = await post('['.repeat(200_000) + ']'.repeat(200_000))
    expect([200, 500]).toContain(reply.statusCode)
    expect((await post('[]')).statusCode).toBe(200)
  })
})

test('every JSON value arrives as JSON.parse reads it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 5 }), async (text) => {
      const reply = await post(text)
      expect(reply.statusCode).toBe(200)
      expect(JSON.stringify((reply.json as { payload: unknown }).payload)).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

test('any bytes are either JSON and accepted, or 400', async () => {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  const isJson = (body: Uint8Array) => {
    try {
      JSON.parse(utf8.decode(body))
      return true
    } catch {
      return false
    }
  }
  const jsonLike = fc
    .array(
      fc.constantFrom('{', '}', '[', ']', '"', 'a', ':', ',', '1', '-', '.', 'e', '\\', 'true', 'null', ' ', 'ž'),
      { maxLength: 12 },
    )
    .map((parts) => Buffer.from(parts.join('')))
  await fc.assert(
    fc.asyncProperty(fc.oneof(jsonLike, fc.uint8Array()), async (body) => {
      fc.pre(body.length > 0)
      expect((await post(body)).statusCode).toBe(isJson(body) ? 200 : 400)
    }),
    { numRuns: 2000 },
  )
})
