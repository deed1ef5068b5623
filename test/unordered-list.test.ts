import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnorderedList } from '../src/unordered-list.js'

test('it holds what a Set would hold, whatever comes and goes', () => {
  const step = fc.record({ item: fc.nat(20), kind: fc.constantFrom('add', 'delete') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const items = Array.from({ length: 21 }, (_, id) => ({ id, place: -1 }))
      const list = new UnorderedList<{ id: number; place: number }>()
      const model = new Set<number>()
      for (const { item: id, kind } of steps) {
        const item = items[id]
        if (!item) continue
        if (kind === 'delete') expect(list.delete(item)).toBe(model.delete(id))
        else if (!list.has(item)) {
          list.add(item)
          model.add(id)
        }
        expect(list.size).toBe(model.size)
        expect(items.filter((one) => list.has(one)).map((one) => one.id)).toEqual([...model].sort((a, b) => a - b))
        expect([...list].map((one) => one.id).sort((a, b) => a - b)).toEqual([...model].sort((a, b) => a - b))
      }
    }),
  )
})

test('what is deleted while it is gone through is still told of', () => {
  const items = [1, 2, 3].map((id) => ({ id, place: -1 }))
  const list = new UnorderedList<{ id: number; place: number }>()
  for (const item of items) list.add(item)
  const seen: number[] = []
  for (const item of list) {
    seen.push(item.id)
    for (const one of items) list.delete(one)
  }
  expect(seen).toEqual([1, 2, 3])
  expect(list.size).toBe(0)
})
