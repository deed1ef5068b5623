import { expect, test } from 'vitest'
import { nestedAround } from '../../src/trace/nesting.js'

const outer = { id: 4, startedAt: 100, durationMs: 50 }
const inner = { id: 5, startedAt: 100, durationMs: 40 }
const innermost = { id: 6, startedAt: 110, durationMs: 5 }
const earlier = { id: 1, startedAt: 10, durationMs: 50 }
const running = { id: 7, startedAt: 105 }

test('what goes on within a trace of the same cid stands under it, whichever was asked for', () => {
  const all = [innermost, inner, outer, earlier]
  for (const asked of [innermost, inner, outer])
    expect(nestedAround(asked, all)).toEqual({ outer, inner: [inner, innermost] })
})

test('one that came before or goes on longer stands by itself', () => {
  expect(nestedAround(earlier, [earlier, outer])).toEqual({ outer: earlier, inner: [] })
  expect(nestedAround(running, [running, outer])).toEqual({ outer: running, inner: [] })
  expect(nestedAround(outer, [])).toEqual({ outer, inner: [] })
})
