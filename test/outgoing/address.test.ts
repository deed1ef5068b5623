import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Address } from '../../src/outgoing/address.js'
import { Mistake } from '../../src/outgoing/mistake.js'

const target = (template: string, params?: unknown) => new Address('https://api.example.com', template).target(params)

function mistakeOf(run: () => unknown): Mistake {
  try {
    run()
  } catch (error) {
    if (error instanceof Mistake) return error
    throw error
  }
  throw new Error('It was accepted')
}

describe('an address', () => {
  test.each([
    ['https://api.example.com', '', '/'],
    ['https://api.example.com/', '', '/'],
    ['https://api.example.com/', '/orders', '/orders'],
    ['https://api.example.com', 'orders', '/orders'],
    ['https://api.example.com/v1', '/orders', '/v1/orders'],
    ['https://api.example.com/v1/', '/orders', '/v1/orders'],
    ['https://api.example.com/v1', 'orders', '/v1/orders'],
    ['https://api.example.com/v1/', 'orders', '/v1/orders'],
    ['https://api.example.com/v1/', '', '/v1/'],
    ['https://api.example.com/v1', '?fixed=1', '/v1?fixed=1'],
    ['https://api.example.com', '//evil.example.com/x', '//evil.example.com/x'],
    ['https://api.example.com', '?fixed=1', '/?fixed=1'],
    ['https://api.example.com', '/a b/é/%41/100%/"', '/a%20b/%C3%A9/%41/100%25/%22'],
    ['https://api.example.com', '/a#b\\c', '/a%23b%5Cc'],
    ['https://api.example.com', '/odata/Items(1)?$filter=a eq 1', '/odata/Items(1)?$filter=a%20eq%201'],
  ])('of %s and %s is %s', (host, path, expected) => {
    const address = new Address(host, path)
    expect([address.origin, address.target(undefined)]).toEqual(['https://api.example.com', expected])
  })

  test.each([
    ['not an address', ''],
    ['ftp://api.example.com', ''],
    ['https://user:pass@api.example.com', ''],
    ['https://api.example.com?a=1', ''],
    ['https://api.example.com', '/a/../b'],
    ['https://api.example.com/../x', '/./b'],
    ['https://api.example.com', '/%2E%2e'],
    ['https://api.example.com', '/line\nbreak'],
  ])('of %s and %s is refused', (host, path) => {
    expect(mistakeOf(() => new Address(host, path)).message).not.toContain('pass')
  })

  test('leaves its parameters as they are', () => {
    const params = Object.freeze({ id: 7, tags: Object.freeze(['a', 'b']) })
    expect(target('/x/{id}', params)).toBe('/x/7?tags=a&tags=b')
    expect(params).toEqual({ id: 7, tags: ['a', 'b'] })
  })
})

describe('placeholders', () => {
  test.each([
    ['/a/{b}', { b: 'c' }, '/a/c'],
    ['/a/{b}/c/{d}', { b: 1, d: true }, '/a/1/c/true'],
    ['/a/{b}.json', { b: 'x/y' }, '/a/x%2Fy.json'],
    ['/a/{b}', { b: 12345678901234567890n }, '/a/12345678901234567890'],
    ['/a/{b}', { b: 1e21 }, '/a/1e%2B21'],
    ['/a/{b}', { b: ' ' }, '/a/%20'],
    ['/a/{b}', { b: '?x=1#y' }, '/a/%3Fx%3D1%23y'],
    ['/a/{b}', { b: '{b}' }, '/a/%7Bb%7D'],
    ['/a/{customer-id}', { 'customer-id': 'é' }, '/a/%C3%A9'],
    ['/a?x={b}', { b: '&', c: 1 }, '/a?x=%26&c=1'],
    ['/a/{b}', { b: '...' }, '/a/...'],
    ['/a/{b}', { b: '%2e%2e' }, '/a/%252e%252e'],
    ['/a/{b}', { b: '..;' }, '/a/..%3B'],
  ])('of %s with %o make %s', (template, params, expected) => {
    expect(target(template, params)).toBe(expected)
  })

  test.each([
    ['/a/{b}', '.'],
    ['/a/{b}', '..'],
    ['/a/{b}/c', '..'],
    ['/a/.{b}', '.'],
    ['/a/%2e{b}', '.'],
    ['/a/{b}%2E', '.'],
    ['/{b}', '..'],
  ])('of %s with "%s" would lead elsewhere, and are refused', (template, b) => {
    const mistake = mistakeOf(() => target(template, { b }))
    expect(mistake.code).toBe('ZN401')
    expect(mistake.message).toContain(template)
  })

  test.each([
    ['nothing', undefined, 'missing'],
    ['undefined', { b: undefined }, 'missing'],
    ['null', { b: null }, 'null'],
    ['an empty string', { b: '' }, 'empty'],
    ['NaN', { b: Number.NaN }, 'NaN'],
    ['infinity', { b: Number.POSITIVE_INFINITY }, 'Infinity'],
    ['an array', { b: ['x'] }, 'an array'],
    ['an object', { b: {} }, 'an object'],
    ['a symbol', { b: Symbol('x') }, 'a symbol'],
    ['a function', { b: () => 1 }, 'a function'],
    ['half a surrogate pair', { b: 'x\ud800' }, 'half a surrogate pair'],
    ['what is inherited', Object.create({ b: 'x' }), 'missing'],
  ])('cannot be filled with %s', (_, params, found) => {
    const mistake = mistakeOf(() => target('/a/{b}', params))
    expect(mistake.code).toBe('ZN401')
    expect(mistake.message).toContain('"/a/{b}"')
    expect(mistake.message).toContain(`{b} (${found}`)
  })

  test('that are missing are named all at once', () => {
    const { message } = mistakeOf(() => target('/{a}/{b}/{c}', { b: 1 }))
    expect(message).toBe('the path "/{a}/{b}/{c}" lacks a value for {a} (missing), {c} (missing)')
  })

  test('that are misspelt are recognised', () => {
    expect(mistakeOf(() => target('/{customer_id}', { customerId: 1 })).hint).toBe(
      'is "customerId" meant to be "customer_id"?',
    )
  })

  test('called __proto__ or constructor are names like others', () => {
    const params = JSON.parse('{"__proto__": "p", "constructor": "c", "toString": "t"}') as unknown
    expect(target('/{__proto__}/{constructor}', params)).toBe('/p/c?toString=t')
    expect(mistakeOf(() => target('/{__proto__}/{constructor}', {})).code).toBe('ZN401')
  })

  test('are read once: a getter cannot give one value to the check and another to the path', () => {
    let reads = 0
    const params = {
      get b() {
        reads += 1
        return reads === 1 ? 'safe' : '..'
      },
    }
    expect(target('/a/{b}/c', params)).toBe('/a/safe/c')
    expect(reads).toBe(1)
  })

  test('keep any text in one segment, from which it comes back equal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        fc.pre(text !== '.' && text !== '..' && isWellFormed(text))
        const path = target('/before/{x}/after', { x: text })
        const url = new URL(path, 'https://api.example.com')
        expect(url.host).toBe('api.example.com')
        const segments = url.pathname.split('/')
        expect(segments).toHaveLength(4)
        expect(decodeURIComponent(segments[2] ?? '')).toBe(text)
        expect(url.search + url.hash).toBe('')
      }),
    )
  })

  test('of any template reach no other path: each literal stays where it is', () => {
    const literal = fc.stringMatching(/^[a-z.%2eE]{0,4}$/)
    const value = fc.constantFrom('.', '..', '%2e', '/', '..%2f', 'x', '\\', '%2e%2e', '.%00')
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, value, literal), { minLength: 1, maxLength: 3 }), (parts) => {
        const template = parts.map(([before, , after], index) => `/${before}{p${index}}${after}`).join('')
        const params = Object.fromEntries(parts.map(([, one], index) => [`p${index}`, one]))
        let path: string
        try {
          path = target(template, params)
        } catch (error) {
          expect(error).toBeInstanceOf(Mistake)
          return
        }
        // A URL parser would resolve dot segments; nothing may be left for it to resolve.
        expect(new URL(path, 'https://api.example.com').pathname).toBe(path)
        expect(path.split('/')).toHaveLength(parts.length + 1)
      }),
    )
  })
})

describe('the query', () => {
  test.each([
    [{}, ''],
    [{ a: 'b c&d=e+f' }, '?a=b%20c%26d%3De%2Bf'],
    [{ a: [1, 'x', true, null, undefined, 2n] }, '?a=1&a=x&a=true&a=2'],
    [{ a: null, b: undefined, c: [], d: '' }, '?d='],
    [{ 'k&=': 1, é: 2, '': 3 }, '?k%26%3D=1&%C3%A9=2&=3'],
    [{ a: -0, b: 0.1, c: 1e21 }, '?a=0&b=0.1&c=1e%2B21'],
    [JSON.parse('{"__proto__": 1}'), '?__proto__=1'],
    [{ [Symbol('s')]: 1, a: 1 }, '?a=1'],
  ])('of %o is %s', (params, expected) => {
    expect(target('/x', params)).toBe(`/x${expected}`)
  })

  test('goes behind one that the path has already', () => {
    expect(target('/x?fixed=1', { a: 2 })).toBe('/x?fixed=1&a=2')
  })

  test.each([
    [{ a: {} }, /an object/],
    [{ a: [[1]] }, /an array/],
    [{ a: new Date(0) }, /a Date/],
    [{ a: Number.NaN }, /NaN/],
    [{ a: () => 1 }, /a function/],
    [{ a: '\udc00' }, /surrogate/],
    [{ '\udc00': 1 }, /surrogate/],
  ])('cannot hold %o', (params, message) => {
    const mistake = mistakeOf(() => target('/x', params))
    expect(mistake.code).toBe('ZN403')
    expect(mistake.message).toMatch(message)
  })

  test('round-trips any keys and values', () => {
    const text = fc.string({ unit: 'binary' }).filter(isWellFormed)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(text, fc.array(text, { minLength: 1 })), { selector: ([key]) => key }),
        (pairs) => {
          const path = target('/x', Object.fromEntries(pairs))
          const read = new URL(path, 'https://api.example.com').searchParams
          for (const [key, values] of pairs) expect(read.getAll(key)).toEqual(values)
          expect([...read.keys()]).toHaveLength(pairs.flatMap(([, values]) => values).length)
        },
      ),
    )
  })
})

describe('params', () => {
  test.each([
    [null, 'null', undefined],
    [['a'], 'an array', undefined],
    ['a=1', 'a string', undefined],
    [42, 'a number', undefined],
    [new Map([['a', 1]]), 'a Map', 'Object.fromEntries'],
    [new URLSearchParams('a=1'), 'a URLSearchParams', 'Object.fromEntries'],
    [new Set(['a']), 'a Set', undefined],
    [Promise.resolve({}), 'a Promise', undefined],
    [new Date(0), 'a Date', undefined],
    [() => ({}), 'a function', undefined],
  ])('cannot be %o', (params, found, hint) => {
    const mistake = mistakeOf(() => target('/x/{customer_id}', params))
    expect(mistake.code).toBe('ZN403')
    expect(mistake.message).toBe(`"params" is ${found}`)
    expect(mistake.hint).toContain(hint ?? (found === 'a Set' ? 'Object.fromEntries' : 'params: { customer_id: … }'))
  })

  test('may be an instance of a class, or have no prototype', () => {
    class Filter {
      status = 'open'
    }
    expect(target('/x', new Filter())).toBe('/x?status=open')
    expect(target('/x', Object.assign(Object.create(null) as object, { a: 1 }))).toBe('/x?a=1')
  })
})

function isWellFormed(text: string): boolean {
  try {
    encodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
