import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GuardedRequest, bearerOf, refuseForm, refuseStranger } from '../../../src/dashboard/server/guard.js'

const port = 8183

function request(headers: Record<string, string>, more: Partial<GuardedRequest> = {}): GuardedRequest {
  const all = { host: `localhost:${port}`, ...headers }
  return { method: 'GET', target: '/_zato/api/v1/state', headers: all, rawHeaders: Object.entries(all).flat(), ...more }
}

const statusOf = (headers: Record<string, string>, more: Partial<GuardedRequest> = {}) =>
  refuseStranger(request(headers, more), port)?.status

describe('the name that it is asked by', () => {
  test.each([
    'localhost:8183',
    '127.0.0.1:8183',
    '[::1]:8183',
    'LOCALHOST:8183',
    'shop.localhost:8183',
    'localhost.:8183',
  ])('%s is its own', (host) => {
    expect(statusOf({ host })).toBeUndefined()
  })

  test.each([
    'evil.test:8183',
    'evil.test',
    'localhost',
    'localhost:8184',
    'localhost:80',
    '127.0.0.1',
    '127.0.0.2:8183',
    '0.0.0.0:8183',
    '[::]:8183',
    '[::ffff:127.0.0.1]:8183',
    'localhost.evil.test:8183',
    'evillocalhost:8183',
    'localhost:8183@evil.test',
    'evil.test:8183, localhost:8183',
    'localhost:8183 ',
    'localhost:08183x',
    '192.168.1.7:8183',
    '',
  ])('"%s" is not', (host) => {
    expect(statusOf({ host })).toBe(421)
  })

  test('without one, or with two, nobody is answered', () => {
    const rawHeaders = ['Host', `localhost:${port}`, 'HOST', `localhost:${port}`]
    expect(statusOf({}, { rawHeaders })).toBe(421)
    expect(statusOf({}, { rawHeaders: [], headers: {} })).toBe(421)
  })

  test('no other name gets through, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.string()), fc.nat(65535), (name, other) => {
        fc.pre(!/^(localhost|127\.0\.0\.1|.*\.localhost)\.?$/i.test(name.trim()))
        expect(statusOf({ host: `${name}:${port}` })).toBe(421)
        if (other !== port) expect(statusOf({ host: `localhost:${other}` })).toBe(421)
      }),
    )
  })
})

describe('pages of others', () => {
  test.each([
    'http://evil.test',
    'http://localhost:11223',
    'http://localhost',
    'https://localhost:8183',
    'http://127.0.0.1:8183',
    'null',
    '',
  ])('an Origin "%s" is refused', (origin) => {
    expect(statusOf({ origin })).toBe(403)
  })

  test('its own Origin is not', () => {
    expect(statusOf({ origin: 'http://localhost:8183' })).toBeUndefined()
    expect(statusOf({ host: 'LocalHost:8183', origin: 'http://localhost:8183' })).toBeUndefined()
    expect(statusOf({ host: '[::1]:8183', origin: 'http://[::1]:8183' })).toBeUndefined()
  })

  test.each(['cross-site', 'same-site', 'anything'])('Sec-Fetch-Site "%s" is refused', (site) => {
    expect(statusOf({ 'sec-fetch-site': site })).toBe(403)
    expect(statusOf({ 'sec-fetch-site': site }, { target: '/app-abc.js' })).toBe(403)
  })

  test('a link to the page works, one to the API, a frame and a script do not', () => {
    const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect(statusOf(visit, { target: '/traces' })).toBeUndefined()
    expect(statusOf(visit)).toBe(403)
    expect(statusOf(visit, { target: '/traces', method: 'POST' })).toBe(403)
    expect(statusOf({ ...visit, 'sec-fetch-dest': 'iframe' }, { target: '/traces' })).toBe(403)
    expect(statusOf({ ...visit, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, { target: '/x.js' })).toBe(
      403,
    )
  })

  test('OPTIONS is refused, and a target that names another host', () => {
    expect(statusOf({}, { method: 'OPTIONS' })).toBe(403)
    expect(statusOf({}, { target: 'http://evil.test/_zato/api/v1/state' })).toBe(400)
    expect(statusOf({}, { target: '*' })).toBe(400)
  })
})

describe('what changes something', () => {
  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonx',
    'text/json',
  ])('must not be "%s"', (type) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(refuseForm(request(headers, { method }))?.status).toBe(415)
    }
    expect(refuseForm(request(headers))).toBeUndefined()
  })

  test('may be JSON', () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON']) {
      expect(refuseForm(request({ 'content-type': type }, { method: 'POST' }))).toBeUndefined()
    }
  })
})

test('a token is what stands behind Bearer, and nothing else', () => {
  expect(bearerOf({ authorization: 'Bearer abc-DEF_1' })).toBe('abc-DEF_1')
  expect(bearerOf({ authorization: 'bearer abc' })).toBe('abc')
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'abc']) {
    expect(bearerOf({ authorization })).toBe('')
  }
  expect(bearerOf({})).toBe('')
})
