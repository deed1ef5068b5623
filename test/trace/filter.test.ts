import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filterKeys, matches, parseFilter } from '../../src/trace/filter.js'
import type { Trace } from '../../src/trace/record.js'

const now = 1_800_000_000_000

const trace: Trace = {
  id: 7,
  cid: 'K3ZQ8M5T',
  kind: 'channel',
  title: 'POST /api/customers/12345/orders?full=1',
  method: 'POST',
  path: '/api/customers/12345/orders?full=1',
  channel: 'orders',
  service: 'get-orders',
  startedAt: now - 60_000,
  durationMs: 1240,
  state: 'done',
  result: { class: 'server', status: 502, code: 'ZN102', message: 'The connection was refused' },
  calls: 1,
  attempts: 3,
  logs: 0,
  isPinned: false,
  source: 'http',
  replayOf: 3,
  spans: [
    { id: 1, kind: 'channel', name: 'orders', startMs: 0, request: { headers: [['X-Team', 'blue']] } },
    { id: 2, kind: 'service', name: 'get-orders', startMs: 1, parentId: 1 },
    {
      id: 3,
      kind: 'call',
      name: 'Orders API',
      startMs: 2,
      parentId: 2,
      call: { connection: 'Orders API', method: 'GET', template: '', url: 'https://x.example/v1/list?q=1', params: [] },
      error: {
        name: 'ConnectionFailed',
        message: 'refused',
        code: 'ZN102',
        cause: { name: 'Error', message: 'x', code: 'ECONNREFUSED' },
      },
      response: { headers: [], body: { text: `needle ${'x'.repeat(5000)} late`, bytes: 5000, keptBytes: 5000 } },
    },
  ],
}

const found = (filter: string) => matches(parseFilter(filter, now).terms, trace)

test.each([
  ['', true],
  ['orders', true],
  ['ORDERS nothing', false],
  ['"12345/orders"', true],
  ['"12345 orders"', false],
  ['-orders', false],
  ['-nothing', true],
  ['needle', true],
  ['late', false],
  ['status:502', true],
  ['status:5xx', true],
  ['status:4xx', false],
  ['status:err', true],
  ['status:>=500', true],
  ['-status:err', false],
  ['status:server', true],
  ['method:post', true],
  ['method:GET', true],
  ['method:PUT', false],
  ['path:/api/*', true],
  ['path:/api/customers/12345/orders', true],
  ['path:/v1/list', true],
  ['path:/api', false],
  ['service:get-*', true],
  ['service:get', false],
  ['conn:"Orders API"', true],
  ['conn:orders*', true],
  ['conn:Other', false],
  ['channel:orders', true],
  ['kind:channel', true],
  ['kind:call', false],
  ['dur:>500ms', true],
  ['dur:>1.2s', true],
  ['dur:<1s', false],
  ['dur:2s', false],
  ['retries:>0', true],
  ['retries:2', true],
  ['retries:>2', false],
  ['calls:1', true],
  ['cid:k3zq', true],
  ['cid:3zq', false],
  ['replay:true', true],
  ['replay:false', false],
  ['pinned:true', false],
  ['since:10m', true],
  ['since:30s', false],
  ['error:ECONN*', true],
  ['error:ZN102', true],
  ['error:ETIMEDOUT', false],
  ['header:x-team=blue', true],
  ['header:x-team=b*', true],
  ['header:x-team', true],
  ['header:x-team=red', false],
  ['state:done source:http', true],
  ['localhost:8080', false],
])('%s', (filter, expected) => {
  expect(parseFilter(filter, now).problems).toEqual([])
  expect(found(filter)).toBe(expected)
})

test.each([
  ['stauts:404', 'Unknown filter "stauts": did you mean "status" or "state"?'],
  ['status:many', '"status:many" means nothing: write status:404, status:5xx, status:>=400 or status:err'],
  ['kind:cal', '"kind:cal" means nothing: it is one of call, channel, service, ping'],
  ['dur:soon', '"dur:soon" means nothing: write dur:>500ms, dur:<2s'],
  ['service:', '"service:" means nothing: a value is missing'],
])('%s is said to mean nothing, and is left out', (filter, problem) => {
  expect(parseFilter(filter, now)).toEqual({ terms: [], problems: [problem] })
})

const word = fc.oneof(
  fc.string(),
  fc.constantFrom(...filterKeys).chain((key) => fc.string().map((value) => `${key}:${value}`)),
)

test('any text is a filter, and never throws', () => {
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const { terms, problems } = parseFilter(words.join(' '), now)
      matches(terms, trace)
      expect(problems.every((problem) => problem.length > 0)).toBe(true)
    }),
  )
})

test('a filter of two parts finds what both find, and a negated one what it did not', () => {
  const simple = word.filter((text) => !/["\s-]/.test(text) && text.trim() !== '')
  fc.assert(
    fc.property(simple, simple, (one, other) => {
      expect(found(`${one} ${other}`)).toBe(found(one) && found(other))
      if (parseFilter(one, now).terms.length === 1) expect(found(`-${one}`)).toBe(!found(one))
    }),
  )
})

test('a filter made of many stars is no more work than its length', () => {
  const long: Trace = { ...trace, path: `/${'a'.repeat(50_000)}` }
  const startedAt = performance.now()
  matches(parseFilter(`path:${'*a'.repeat(2000)}*b`, now).terms, long)
  expect(performance.now() - startedAt).toBeLessThan(500)
})
