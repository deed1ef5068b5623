import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdTable } from '../../src/runtime/id-table.js'

test('ids are given once, and both sides find what they stand for, however long some of it stays', () => {
  const step = fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat({ max: 1000 }) },
    { weight: 3, arbitrary: fc.constant(-1) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000, size: 'max' }), (steps) => {
      const [given, followed] = [new IdTable<{ id: number }>(), new IdTable<{ id: number }>()]
      const model = new Map<number, { id: number }>()
      const seen = new Set<number>()
      for (const which of steps) {
        if (which === undefined) {
          const entry = { id: given.nextId() }
          expect(seen.has(entry.id)).toBe(false)
          seen.add(entry.id)
          model.set(entry.id, entry)
          for (const table of [given, followed]) table.set(entry)
          continue
        }
        // The one that came last, or any: those at the front stay longest.
        const alive = [...model.values()]
        const entry = which === -1 ? alive.at(-1) : alive[which % Math.max(alive.length, 1)]
        if (!entry) continue
        model.delete(entry.id)
        for (const table of [given, followed]) {
          expect(table.delete(entry)).toBe(true)
          expect(table.delete(entry)).toBe(false)
          expect(table.get(entry.id)).toBeUndefined()
        }
      }
      for (const table of [given, followed]) {
        expect(table.values()).toEqual([...model.values()])
        for (const entry of model.values()) expect(table.get(entry.id)).toBe(entry)
      }
    }),
    { numRuns: 50 },
  )
})

test('one that stays while a million others come and go does not make it grow', () => {
  const table = new IdTable<{ id: number }>()
  const lasting = { id: table.nextId() }
  table.set(lasting)
  let highest = 0
  for (let index = 0; index < 1_000_000; index++) {
    const entry = { id: table.nextId() }
    table.set(entry)
    highest = entry.id
    table.delete(entry)
  }
  expect(table.get(lasting.id)).toBe(lasting)
  // It leaves out the cell that is taken: one id in 64.
  expect(highest).toBeLessThan(1_000_000 * (64 / 63) + 2)
})
