import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWellFormedCid, newCid, outgoingTraceparent, parseTraceparent, traceIdOf } from '../../src/trace/context.js'

const traceId = 'aaaabbbbccccddddaaaabbbbccccdddd'
const spanId = '0123456789abcdef'
const zeros = '0'.repeat(32)

describe('a cid', () => {
  test('that is new is 32 lower-case hex digits, and another each time', () => {
    const cids = Array.from({ length: 1000 }, newCid)
    expect(cids.every((cid) => /^[0-9a-f]{32}$/.test(cid))).toBe(true)
    expect(new Set(cids).size).toBe(1000)
  })

  test.each(['a', 'A.b_c-1', 'x'.repeat(64)])('"%s" may be adopted', (text) => {
    expect(isWellFormedCid(text)).toBe(true)
  })

  test.each(['', 'x'.repeat(65), 'a b', 'a\n', 'é', 'a/b', 'a,b'])('%j may not', (text) => {
    expect(isWellFormedCid(text)).toBe(false)
  })
})

describe('traceparent', () => {
  test.each([
    [`00-${traceId}-${spanId}-01`, '01'],
    [`  00-${traceId}-${spanId}-00 `, '00'],
    [`cc-${traceId}-${spanId}-ff`, 'ff'],
    [`cc-${traceId}-${spanId}-01-what-the-future-will-bring`, '01'],
  ])('"%s" is valid', (header, flags) => {
    expect(parseTraceparent(header)).toEqual({ traceId, flags })
  })

  test.each([
    undefined,
    '',
    'x',
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${zeros}-${spanId}-01`,
    `00-${traceId}-0000000000000000-01`,
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}-0`,
    `00-${traceId}x-${spanId}-01`,
  ])('%j is not', (header) => {
    expect(parseTraceparent(header)).toBe(undefined)
  })
})

describe('the trace id of a cid', () => {
  test('is the cid if it can be one', () => {
    expect(traceIdOf(traceId)).toBe(traceId)
  })

  test.each(['my.own', zeros, traceId.toUpperCase()])('"%s" is the start of its SHA-256', (cid) => {
    expect(traceIdOf(cid)).toBe(createHash('sha256').update(cid).digest('hex').slice(0, 32))
  })
})

describe('the traceparent of a call', () => {
  test('is valid for any cid', () => {
    fc.assert(
      fc.property(fc.string(), (cid) => {
        expect(parseTraceparent(outgoingTraceparent(cid))).toEqual({ traceId: traceIdOf(cid), flags: '01' })
      }),
    )
  })

  test('goes on with the trace of a valid incoming one, and with no other', () => {
    expect(outgoingTraceparent('x', `00-${traceId}-${spanId}-00`)).toMatch(
      new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`),
    )
    expect(parseTraceparent(outgoingTraceparent('x', 'broken'))).toEqual({ traceId: traceIdOf('x'), flags: '01' })
  })

  test('has a span id of its own each time', () => {
    const spans = Array.from({ length: 5000 }, () => outgoingTraceparent('x').split('-')[2])
    expect(new Set(spans).size).toBe(5000)
  })
})
