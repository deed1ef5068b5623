import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WaitingLine } from '../../src/outgoing/waiting-line.js'

test('first come, first served, but for those that did not want to wait any more', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('add' as const) },
    { weight: 4, arbitrary: fc.constant('next' as const) },
    { weight: 1, arbitrary: fc.nat(2000) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000, size: 'max' }), fc.nat(600), (steps, first) => {
      const line = new WaitingLine<{ number: number }>()
      const model: { number: number }[] = []
      let last = 0
      const add = () => {
        const item = { number: ++last }
        line.add(item)
        model.push(item)
      }
      for (let index = 0; index < first; index++) add()
      for (const what of steps) {
        if (what === 'add') add()
        else if (what === 'next') expect(line.next()).toBe(model.shift())
        else {
          const item = model[what % Math.max(model.length, 1)] ?? { number: -1 }
          line.delete(item)
          if (model.includes(item)) model.splice(model.indexOf(item), 1)
        }
      }
      for (const item of model) expect(line.next()).toBe(item)
      expect(line.next()).toBeUndefined()
    }),
    { numRuns: 60 },
  )
})
