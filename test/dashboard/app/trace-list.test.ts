import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyEvents,
  listOf,
  lowestId,
  noTraces,
  showHeld,
  withOlder,
} from '../../../src/dashboard/app/stores/trace-list.js'
import type { ServerEvent } from '../../../src/dashboard/shared/api.js'
import type { TraceSummary } from '../../../src/trace/record.js'

const trace = (id: number, more: Partial<TraceSummary> = {}): TraceSummary => ({
  id,
  cid: `cid${id}`,
  kind: 'channel',
  title: `GET /${id}`,
  startedAt: id,
  state: 'running',
  calls: 0,
  attempts: 0,
  logs: 0,
  isPinned: false,
  source: 'http',
  ...more,
})
const opened = (id: number): ServerEvent => ({ type: 'trace.open', trace: trace(id) })
const all = { matches: () => true, isHeld: false }
const ids = (rows: readonly TraceSummary[]) => rows.map(({ id }) => id)

test('new ones come first, and change in place', () => {
  const two = applyEvents(noTraces, [opened(1), opened(2)], all)
  const done = applyEvents(two, [{ type: 'trace.close', trace: trace(1, { state: 'done', durationMs: 5 }) }], all)
  expect(ids(done.rows)).toEqual([2, 1])
  expect(done.rows[1]?.durationMs).toBe(5)
  expect(done.kept).toBe(2)
})

test('one that was handed over stands where it began, also when older ones are loaded', () => {
  const reply = { hasMore: true, kept: 4, removed: 0, filterProblems: [] }
  const first = listOf({ ...reply, traces: [trace(9), trace(8)] })
  const handed = applyEvents(first, [{ type: 'trace.close', trace: trace(10, { startedAt: 6.5 }) }], all)
  expect(ids(handed.rows)).toEqual([9, 8, 10])
  expect(lowestId(handed)).toBe(8)
  expect(handed.newest).toBe(10)
  const more = withOlder(handed, { ...reply, traces: [trace(7), trace(6)] })
  expect(ids(more.rows)).toEqual([9, 8, 7, 10, 6])
  expect(listOf({ ...reply, traces: more.rows }).newest).toBe(10)
  expect(lowestId(noTraces)).toBeUndefined()
})

test('while the list is held the rows stay, and those that wait are updated too', () => {
  const held = applyEvents(
    listOf({ traces: [trace(1)], hasMore: false, kept: 1, removed: 0, filterProblems: [] }),
    [opened(2)],
    {
      ...all,
      isHeld: true,
    },
  )
  expect([ids(held.rows), ids(held.held)]).toEqual([[1], [2]])
  const closed = applyEvents(held, [{ type: 'trace.close', trace: trace(2, { state: 'done' }) }], {
    ...all,
    isHeld: true,
  })
  expect(closed.held[0]?.state).toBe('done')
  expect(ids(showHeld(closed).rows)).toEqual([2, 1])
})

test('removed ones go, and clearing leaves those that are pinned', () => {
  const pinned = applyEvents(
    noTraces,
    [opened(1), opened(2), { type: 'trace.update', trace: trace(2, { isPinned: true }) }, opened(3)],
    all,
  )
  const fewer = applyEvents(pinned, [{ type: 'traces.removed', ids: [1] }], all)
  expect(ids(fewer.rows)).toEqual([3, 2])
  expect(ids(applyEvents(fewer, [{ type: 'traces.cleared' }], all).rows)).toEqual([2])
})

test('what does not match is not shown, and nothing is rendered for events of other kinds', () => {
  const none = applyEvents(noTraces, [opened(1)], { ...all, matches: () => false })
  expect(none.rows).toEqual([])
  expect(applyEvents(noTraces, [{ type: 'stopping' }], all)).toBe(noTraces)
})

test('however many traces come, the page keeps at most two thousand, newest first, each once', () => {
  let list = noTraces
  for (let from = 1; from <= 50_000; from += 500)
    list = applyEvents(
      list,
      Array.from({ length: 500 }, (_, at) => opened(from + at)),
      all,
    )
  expect(list.rows).toHaveLength(2_000)
  expect(list.rows[0]?.id).toBe(50_000)
})

test('whatever happens, rows are in order and none is there twice', () => {
  const event = fc.oneof(
    fc.nat(30).map((id): ServerEvent => opened(id)),
    fc.nat(30).map((id): ServerEvent => ({ type: 'trace.close', trace: trace(id, { state: 'done' }) })),
    fc.array(fc.nat(30)).map((removed): ServerEvent => ({ type: 'traces.removed', ids: removed })),
    fc.constant<ServerEvent>({ type: 'traces.cleared' }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(event), fc.boolean())), (frames) => {
      const end = frames.reduce((list, [events, isHeld]) => applyEvents(list, events, { ...all, isHeld }), noTraces)
      const shown = ids(showHeld(end).rows)
      expect(shown).toEqual([...new Set(shown)].sort((a, b) => b - a))
    }),
  )
})

test('one that was told of once only, because it was quick, counts; one that is gone before it was told of counts neither way', () => {
  const close = (id: number): ServerEvent => ({ type: 'trace.close', trace: trace(id, { state: 'done' }) })
  const start = listOf({ traces: [trace(5)], hasMore: false, kept: 1, removed: 4, filterProblems: [] })
  const more = applyEvents(start, [close(6), close(7), { type: 'traces.removed', ids: [5, 8] }], all)
  expect(more).toMatchObject({ kept: 2, removed: 6, newest: 8 })
  expect(ids(more.rows)).toEqual([7, 6])
  expect(applyEvents(more, [close(7)], all)).toMatchObject({ kept: 2, newest: 8 })
})

test('one that is told of after some that began later counts too, once', () => {
  const close = (id: number): ServerEvent => ({ type: 'trace.close', trace: trace(id, { state: 'done' }) })
  const start = listOf({ traces: [trace(5)], hasMore: false, kept: 1, removed: 0, filterProblems: [] })
  const later = applyEvents(start, [close(8)], all)
  const earlier = applyEvents(later, [close(6), { type: 'traces.removed', ids: [5] }], all)
  expect(earlier).toMatchObject({ kept: 2, removed: 1, newest: 8, skipped: new Set([7]) })
  const removed = applyEvents(earlier, [close(6), { type: 'traces.removed', ids: [7] }], all)
  expect(removed).toMatchObject({ kept: 2, removed: 2, newest: 8, skipped: new Set() })
})
