import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPath } from '../../src/channel/routed-path.js'
import { type Route, Router } from '../../src/channel/router.js'

const route = (urlPath: string, more: Partial<Route<string>> = {}): Route<string> => ({
  urlPath,
  matchSlash: false,
  method: undefined,
  isActive: true,
  value: `${more.method ?? 'any'} ${urlPath}`,
  ...more,
})

function find(routes: readonly Route<string>[], path: string, method = 'GET') {
  const read = readPath(path)
  const match = read && new Router(routes).find(method, read)
  if (!match) return read ? undefined : 'malformed'
  return match.route ? { value: match.route.value, params: { ...match.params } } : { allow: match.allow }
}

describe('What a template matches', () => {
  test.each([
    ['/a/b', '/a/b', {}],
    ['/', '/', {}],
    ['/a/{b}', '/a/x', { b: 'x' }],
    ['/a/{customer-id}/{_x}', '/a/1/2', { 'customer-id': '1', _x: '2' }],
    ['/{id}.json', '/12.json', { id: '12' }],
    ['/{id}.json', '/a.json.json', { id: 'a.json' }],
    ['/a-{x}-b', '/a-1-b', { x: '1' }],
    ['/a-{x}-b', '/a---b', { x: '-' }],
    ['/{a}-{b}-{c}', '/1-2-3-4', { a: '1', b: '2', c: '3-4' }],
    ['/{a}abc', '/xabc', { a: 'x' }],
    ['/{a}(b)', '/x(b)', { a: 'x' }],
    ['/{a}?', '/x%3F', { a: 'x' }],
    ['/{a}:{b}', '/x:y', { a: 'x', b: 'y' }],
    ['/:a/{b}', '/:a/x', { b: 'x' }],
    ['/a::b', '/a::b', {}],
    ['/a*', '/a*', {}],
    ['/*', '/%2A', {}],
    ['/a b', '/a%20b', {}],
    ['/a%20b', '/a%20b', {}],
    ['/100%', '/100%25', {}],
    ['/x@y', '/x%40y', {}],
    ['/a%2Fb', '/a%2fb', {}],
    ['/{a}', '/x%2Fy', { a: 'x/y' }],
    ['/{a}', '/%25%3F%23%2A%3a', { a: '%?#*:' }],
    ['/{a}', '/%F0%90%80%80', { a: '\u{10000}' }],
    ['/café/{a}', '/caf%C3%A9/%C3%A9', { a: 'é' }],
    ['/{__proto__}', '/x', { ['__proto__']: 'x' }],
    ['/{a}', '/a..b', { a: 'a..b' }],
    ['/{a}', '/.a', { a: '.a' }],
    ['/{a}/', '/x/', { a: 'x' }],
  ])('%s matches %s', (template, path, params) => {
    expect(find([route(template)], path)).toEqual({ value: `any ${template}`, params })
  })

  test.each([
    ['/a/b', '/a/B'],
    ['/a/b', '/a/b/'],
    ['/a/b/', '/a/b'],
    ['/a/b', '/a//b'],
    ['/a/{b}', '/a/'],
    ['/a/{b}', '/a'],
    ['/a/{b}/c', '/a//c'],
    ['/a/{b}', '/a/x/y'],
    ['/{id}.json', '/.json'],
    ['/{id}.json', '/12.jsonx'],
    ['/a-{x}-b', '/a--b'],
    ['/a-{x}-b', '/a-b'],
    ['/{a}-{b}', '/-b'],
    ['/{a}-{b}', '/a-'],
    ['/{a}.x/{b}', '/1/2.x/3'],
    ['/a/b', '/a%2Fb'],
  ])('%s does not match %s', (template, path) => {
    expect(find([route(template)], path)).toBeUndefined()
  })

  test.each(['/%', '/%zz', '/%FF', '/a/../b', '/a/./b', '/..', '/a/%2e%2E', '/%2e/a', '/a/.%2e/b'])(
    '%s is malformed, or holds a dot segment',
    (path) => {
      expect(find([route('/{a}'), route('/{a}/{b}'), route('/{a}', { matchSlash: true })], path)).toBe('malformed')
    },
  )

  test('a placeholder may be as long as a request can be', () => {
    const long = 'x'.repeat(15_000)
    expect(find([route('/{a}')], `/${long}`)).toMatchObject({ params: { a: long } })
  })

  test('with match_slash the last placeholder takes the rest of the path', () => {
    const rest = { matchSlash: true }
    expect(find([route('/files/{path}', rest)], '/files/a/b//c/')).toMatchObject({ params: { path: 'a/b//c/' } })
    expect(find([route('/files/v-{path}', rest)], '/files/v-1/x')).toMatchObject({ params: { path: '1/x' } })
    expect(find([route('/{a}-{path}', rest)], '/x-1/y-2')).toMatchObject({ params: { a: 'x', path: '1/y-2' } })
    expect(find([route('/{path}', rest)], '/a%2Fb/c')).toMatchObject({ params: { path: 'a/b/c' } })
    for (const path of ['/files/', '/files', '/files//a', '/files/a/..%2F..%2Fb', '/files/a%2F.', '/files/..%5Ca']) {
      expect(find([route('/files/{path}', rest)], path)).toBeUndefined()
    }
    expect(find([route('/{a}-{path}', rest)], '/x/1-y')).toBeUndefined()
  })
})

describe('Which of several matches', () => {
  test.each([
    [['/a/{x}', '/a/b'], '/a/b', '/a/b'],
    [['/{x}/b', '/a/{x}'], '/a/b', '/a/{x}'],
    [['/{x}', '/{x}.json'], '/1.json', '/{x}.json'],
    [['/{x}', '/{x}.json'], '/1.xml', '/{x}'],
    [['/{x}.json', '/{x}.min.json'], '/1.min.json', '/{x}.min.json'],
    [['/{x}.{y}', '/{x}.json'], '/1.json', '/{x}.json'],
    [['/{x}.{y}', '/{x}.json'], '/1.xml', '/{x}.{y}'],
    [['/{x}/a', '/v{n}/{b}'], '/v1/a', '/{x}/a'],
    [['/{x}/a', '/v{n}/{b}'], '/v1/b', '/v{n}/{b}'],
    [['/a/{x}', '/a/b{x}'], '/a/bc', '/a/b{x}'],
    [['/user', '/users', '/{x}'], '/use', '/{x}'],
    [['/a/b/c', '/a/{x}/d', '/{y}/b/e'], '/a/b/e', '/{y}/b/e'],
  ])('of %j, %s is answered by %s', (templates, path, expected) => {
    const routes = templates.map((template) => route(template))
    expect(find(routes, path)).toMatchObject({ value: `any ${expected}` })
    expect(find(routes.toReversed(), path)).toMatchObject({ value: `any ${expected}` })
  })

  test('a method that is named goes before any, and a path before both', () => {
    const routes = [route('/a/{x}', { method: 'GET' }), route('/a/b'), route('/a/b', { method: 'POST' })]
    expect(find(routes, '/a/b')).toMatchObject({ value: 'any /a/b' })
    expect(find(routes, '/a/b', 'POST')).toMatchObject({ value: 'POST /a/b' })
    expect(find(routes, '/a/b', 'PROPFIND')).toMatchObject({ value: 'any /a/b' })
    expect(find(routes, '/a/c')).toMatchObject({ value: 'GET /a/{x}' })
  })

  test('a more specific path without the method leaves the request to a less specific one', () => {
    const routes = [route('/users/{id}', { method: 'GET' }), route('/users/search', { method: 'POST' })]
    expect(find(routes, '/users/search')).toEqual({ value: 'GET /users/{id}', params: { id: 'search' } })
    expect(find(routes, '/users/search', 'DELETE')).toEqual({ allow: 'GET, HEAD, OPTIONS, POST' })
    expect(find(routes, '/users/1', 'POST')).toEqual({ allow: 'GET, HEAD, OPTIONS' })
  })

  test('GET answers HEAD, unless HEAD has a channel of its own', () => {
    expect(find([route('/a', { method: 'GET' }), route('/a')], '/a', 'HEAD')).toMatchObject({ value: 'GET /a' })
    const own = [route('/a', { method: 'GET' }), route('/a', { method: 'HEAD' })]
    expect(find(own, '/a', 'HEAD')).toMatchObject({ value: 'HEAD /a' })
  })

  test('the same path under other names of placeholders has all their methods', () => {
    const routes = [route('/a/{x}', { method: 'GET' }), route('/a/{y}', { method: 'POST' })]
    expect(find(routes, '/a/1')).toMatchObject({ params: { x: '1' } })
    expect(find(routes, '/a/1', 'POST')).toMatchObject({ params: { y: '1' } })
  })

  test('the methods of a path are told without those of inactive routes', () => {
    const inactive = route('/a', { method: 'GET', isActive: false })
    expect(find([inactive], '/a')).toMatchObject({ value: 'GET /a' })
    expect(find([inactive], '/a', 'POST')).toBeUndefined()
    expect(find([inactive, route('/a', { method: 'PUT' })], '/a', 'POST')).toEqual({ allow: 'OPTIONS, PUT' })
  })

  test('a search leaves nothing behind for the next', () => {
    const router = new Router([route('/a', { method: 'GET' }), route('/b', { method: 'GET' })])
    const at = (path: string, method: string) => router.find(method, readPath(path) ?? { text: '', decoded: '' })
    expect(at('/a', 'POST')).toEqual({ allow: 'GET, HEAD, OPTIONS' })
    expect(at('/c', 'POST')).toBeUndefined()
    expect(at('/b', 'GET')?.route?.value).toBe('GET /b')
    expect(at('/c', 'GET')).toBeUndefined()
  })
})

/** The rules once more, by regular expressions and a sort, with no regard to speed. */
function naive(routes: readonly Route<string>[], path: string, method: string) {
  const decoded = path.split('/').map(decodeURIComponent)
  const matching = routes
    .map((one) => ({ one, segments: one.urlPath.split('/'), values: naiveValues(one, decoded) }))
    .filter(({ values }) => values !== undefined)
    .sort((a, b) => naiveOrder(a.segments, b.segments, { a: a.one.matchSlash, b: b.one.matchSlash }))
  for (const { one: best, segments } of matching) {
    const same = matching.filter(
      ({ one, segments: other }) => naiveKey(other) === naiveKey(segments) && one.matchSlash === best.matchSlash,
    )
    const named = (name: string | undefined) => same.find(({ one }) => one.method === name)
    const chosen = named(method) ?? (method === 'HEAD' ? named('GET') : undefined) ?? named(undefined)
    if (chosen) return { value: chosen.one.value, params: chosen.values }
  }
  const methods = new Set(matching.flatMap(({ one }) => (one.method === 'GET' ? ['GET', 'HEAD'] : [one.method ?? ''])))
  return methods.size === 0 ? undefined : { allow: [...methods.add('OPTIONS')].sort().join(', ') }
}

const naiveKey = (segments: readonly string[]) => segments.map((text) => text.replace(/\{\w+\}/g, '{}')).join('/')
const isRest = (segments: readonly string[], matchSlash: boolean) => matchSlash && (segments.at(-1) ?? '').endsWith('}')

function naiveValues(
  { urlPath, matchSlash }: Route<string>,
  path: readonly string[],
): Record<string, string> | undefined {
  const template = urlPath.split('/')
  const rest = isRest(template, matchSlash)
  if (rest ? path.length < template.length : path.length !== template.length) return undefined
  const values: Record<string, string> = {}
  for (const [index, segment] of template.entries()) {
    const isLast = rest && index === template.length - 1
    const source = segment
      .split(/(\{\w+\})/)
      .map((text, at, all) => {
        if (!text.startsWith('{')) return text.replaceAll('.', '[.]')
        const takesRest = isLast && at === all.length - 2
        return `(?<${text.slice(1, -1)}>${takesRest ? '[^/][^]*' : isLast ? '[^/]+?' : '[^]+?'})`
      })
      .join('')
    // A decoded slash inside a segment is none; only those of the rest are.
    const subject = isLast
      ? path
          .slice(index)
          .map((text) => text.replaceAll('/', '\u0000'))
          .join('/')
      : (path[index] ?? '')
    const match = new RegExp(`^${source}$`).exec(subject)
    if (!match) return undefined
    for (const [name, value] of Object.entries(match.groups ?? {})) values[name] = value.replaceAll('\u0000', '/')
  }
  return values
}

function naiveOrder(a: readonly string[], b: readonly string[], rest: { a: boolean; b: boolean }): number {
  const kind = (segments: readonly string[], index: number, matchSlash: boolean) => {
    if (!segments[index]?.includes('{')) return 0
    return index === segments.length - 1 && isRest(segments, matchSlash) ? 2 : 1
  }
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = kind(a, i, rest.a) - kind(b, i, rest.b)
    if (order !== 0) return order
  }
  const literal = (text: string) => text.replace(/\{\w+\}/g, '').length
  const prefix = (text: string) => text.split('{')[0]?.length ?? 0
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left = '', right = ''] = [a[i], b[i]]
    const [l, r] = [naiveKey([left]), naiveKey([right])]
    const order = literal(right) - literal(left) || prefix(right) - prefix(left) || (l < r ? -1 : l > r ? 1 : 0)
    if (order !== 0) return order
  }
  return 0
}

describe('Against a matcher that is plainly right', () => {
  const literal = fc.constantFrom('a', 'b', 'ab', 'a.b', '-', '.json', ':', 'é', '')
  const piece = fc.constantFrom('a', '-', '.', 'b')
  const part = fc
    .tuple(fc.option(piece, { nil: '' }), fc.option(piece, { nil: undefined }), fc.option(piece, { nil: '' }))
    .map(([before, between, after]) => `${before}{}${between === undefined ? '' : `${between}{}`}${after}`)
  const template = fc
    .array(fc.oneof({ weight: 3, arbitrary: literal }, { weight: 2, arbitrary: part }), { minLength: 1, maxLength: 4 })
    .map((segments) => {
      let count = 0
      return segments.map((text) => `/${text.replace(/\{\}/g, () => `{p${count++}}`)}`).join('')
    })
  const routes = fc.array(
    fc
      .record({
        urlPath: template,
        method: fc.constantFrom(undefined, 'GET', 'POST', 'PUT'),
        matchSlash: fc.boolean(),
      })
      // With match_slash a path without a placeholder at its end is a problem of the file.
      .map(({ urlPath, method, matchSlash }) =>
        route(urlPath, { method, matchSlash: matchSlash && urlPath.endsWith('}') }),
      ),
    { maxLength: 12 },
  )
  const path = fc
    .array(
      fc.constantFrom(
        'a',
        'b',
        'ab',
        'a.b',
        'a-b',
        '-',
        '.json',
        ':',
        '%C3%A9',
        'a%2Fb',
        '%25',
        '',
        'a-b-a.b',
        'b.json',
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((segments) => segments.map((segment) => `/${segment}`).join(''))

  /** Two that answer the same requests are a problem of the file. */
  const distinct = (all: readonly Route<string>[]) => {
    const seen = new Set<string>()
    return all.filter(({ urlPath, method, matchSlash }) => {
      const key = `${method ?? ''} ${naiveKey(urlPath.split('/'))} ${matchSlash}`
      return seen.has(key) ? false : seen.add(key)
    })
  }

  test('the router finds the same route, the same values and the same methods', () => {
    const property = fc.property(routes, path, fc.constantFrom('GET', 'POST', 'HEAD', 'DELETE'), (all, url, method) => {
      const chosen = distinct(all)
      expect(find(chosen, url, method)).toEqual(naive(chosen, url, method))
    })
    fc.assert(property, { numRuns: 3000 })
  })
})

describe('Limits', () => {
  test('a path cannot make matching slow', () => {
    const router = new Router([route('/{a}-{b}-{c}-{d}-{e}.x'), route('/{a}a{b}a{c}a{d}a{e}b')])
    const started = performance.now()
    for (const text of ['-'.repeat(16_000), 'a'.repeat(16_000), 'a-'.repeat(8_000)]) {
      router.find('GET', readPath(`/${text}`) ?? { text: '', decoded: '' })
    }
    expect(performance.now() - started).toBeLessThan(500)
  })

  test('ten thousand channels are built in linear time and found as quickly as a few', () => {
    const build = (count: number) => {
      const started = performance.now()
      const router = new Router(
        Array.from({ length: count }, (_, i) =>
          route(`/api/resource-${i}/{id}/orders`, { method: i % 2 ? 'GET' : 'POST' }),
        ),
      )
      return { router, ms: performance.now() - started }
    }
    build(1000)
    const [small, large] = [build(1000), build(10_000)]
    expect(large.ms).toBeLessThan(10 * small.ms * 4 + 200)
    expect(
      large.router.find('GET', readPath('/api/resource-9999/7/orders') ?? { text: '', decoded: '' })?.route?.value,
    ).toBe('GET /api/resource-9999/{id}/orders')
    const time = (router: Router<string>) => {
      const path = readPath('/api/resource-77/7/orders') ?? { text: '', decoded: '' }
      const started = performance.now()
      for (let i = 0; i < 20_000; i++) router.find('GET', path)
      return performance.now() - started
    }
    time(small.router)
    time(large.router)
    expect(time(large.router)).toBeLessThan(time(small.router) * 5 + 20)
  })
})
