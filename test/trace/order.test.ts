import { expect, test } from 'vitest'
import { LiveTrace } from '../../src/trace/live-trace.js'
import { TraceStore } from '../../src/trace/store.js'

const start = (title: string, startedAt: number) =>
  ({ cid: title, kind: 'call', title, startedAt, source: 'cli' }) as const

/** Two requests, and a call that began before the second one and was handed over when it had ended. */
function storeWithHandedOver(): TraceStore {
  const store = new TraceStore()
  store.begin(start('first', 100))
  store.begin(start('caused', 210))
  const call = new LiveTrace(1, start('call', 200), { mostSpans: 10, onChange: () => undefined })
  call.close(50, { class: 'ok' })
  store.add(call.trace)
  return store
}

const titlesOf = (traces: readonly { readonly title: string }[]) => traces.map(({ title }) => title)

test('a call that was handed over stands below the request that it caused, because it began before it', () => {
  expect(titlesOf(storeWithHandedOver().list().traces)).toEqual(['caused', 'call', 'first'])
})

test('every page begins where the one before it ended, however late some were handed over', () => {
  const store = storeWithHandedOver()
  for (const limit of [1, 2]) {
    const seen: string[] = []
    let before: number | undefined
    for (;;) {
      const { traces, hasMore } = store.list({ before, limit })
      seen.push(...titlesOf(traces))
      if (!hasMore) break
      before = Math.min(...traces.map(({ id }) => id))
    }
    expect(seen.sort()).toEqual(['call', 'caused', 'first'])
  }
})
