import { expect, test } from 'vitest'
import type { MessageRecord, Trace } from '../../src/trace/record.js'
import { whyNotRepeatable } from '../../src/trace/repeatable.js'

const trace = (request: MessageRecord | undefined, more: Partial<Trace> = {}): Trace => ({
  id: 1,
  cid: 'c1',
  kind: 'channel',
  title: 'POST /orders',
  path: '/orders',
  startedAt: 0,
  durationMs: 1,
  state: 'done',
  calls: 0,
  attempts: 0,
  logs: 0,
  isPinned: false,
  source: 'http',
  spans: [{ id: 1, kind: 'channel', name: 'orders', startMs: 0, request }],
  ...more,
})

const withBody = (text: string, bytes = text.length) => ({ headers: [], body: { text, bytes, keptBytes: text.length } })

test('what was kept whole can be done again', () => {
  expect(whyNotRepeatable(trace({ headers: [] }))).toBeUndefined()
  expect(whyNotRepeatable(trace(withBody('{}')))).toBeUndefined()
  expect(whyNotRepeatable(trace(undefined, { kind: 'service' }))).toBeUndefined()
})

test('what was left out, cut or hidden cannot, unless edits stand in its place', () => {
  const cases = [
    [trace(undefined, { dropped: { details: true } }), 'its headers and body were not kept', { body: '' }],
    [trace(withBody('abc', 9)), 'of its body, 3 of 9 bytes were kept', { body: 'abc' }],
    [trace(withBody('{"token":"[redacted]"}')), 'its body held a secret', { body: '{}' }],
    [trace({ headers: [] }, { path: '/orders?token=[redacted]' }), 'its path held a secret', { path: '/orders' }],
  ] as const
  for (const [one, reason, edits] of cases) {
    expect(whyNotRepeatable(one)).toContain(reason)
    expect(whyNotRepeatable(one, edits)).toBeUndefined()
  }
})
