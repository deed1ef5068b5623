import { expect, test } from 'vitest'
import { compare } from '../../../src/dashboard/app/core/comparison.js'
import type { Trace } from '../../../src/trace/record.js'

const common = { cid: 'c', kind: 'channel', title: 'GET /', startedAt: 0, durationMs: 1, state: 'done' } as const
const counts = { calls: 0, attempts: 0, logs: 0, isPinned: false, source: 'http' } as const

/** A trace with a reply of which so much was kept. */
function replied(text: string, bytes = text.length): Trace {
  const response = { headers: [], body: { text, bytes, keptBytes: text.length } }
  return { ...common, ...counts, id: 1, spans: [{ id: 1, kind: 'channel', name: 'one', startMs: 0, response }] }
}

const outline: Trace = {
  ...common,
  ...counts,
  id: 2,
  dropped: { details: true },
  spans: [{ id: 1, kind: 'channel', name: 'one', startMs: 0 }],
}

test('a body that was not kept neither differs nor is equal: which one it was is said', () => {
  const whole = replied('{}')
  expect(compare(outline, whole)?.body).toEqual({ text: 'the body of the first was not kept', isSame: false })
  expect(compare(whole, outline)?.body).toEqual({ text: 'the body of the second was not kept', isSame: false })
  expect(compare(outline, outline)?.body.text).toBe('the bodies were not kept')
})

test('bodies are compared as far as they were kept', () => {
  expect(compare(replied('{"a":1}'), replied('{ "a": 1 }'))?.body).toMatchObject({ text: 'body equal', isSame: true })
  expect(compare(replied('a'), replied('b'))?.body).toMatchObject({ text: 'body differs', bodies: ['a', 'b'] })
  expect(compare(replied('ab', 9), replied('ab', 9))?.body.text).toBe('body equal as far as it was kept')
  expect(compare(replied('ab', 9), replied('ab', 8))?.body.text).toBe('body differs after what was kept of it')
})

test('an outline of what failed has its reply', () => {
  expect(compare({ ...replied('no'), dropped: { details: true } }, replied('no'))?.body.text).toBe('body equal')
})
