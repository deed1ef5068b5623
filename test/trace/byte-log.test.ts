import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteLog, type Position } from '../../src/trace/byte-log.js'

interface Written {
  readonly position: Position
  readonly numbers: readonly number[]
  readonly text: string
}

const record = fc.record({
  kind: fc.constant('write' as const),
  numbers: fc.tuple(fc.double({ noNaN: true }), fc.integer()),
  // One in a hundred is as long as a URL may be.
  text: fc.oneof(
    { weight: 99, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
    { weight: 1, arbitrary: fc.string({ minLength: 20_000, maxLength: 30_000 }) },
  ),
})
const drop = fc.record({ kind: fc.constant('drop' as const), which: fc.oneof(fc.constant(0), fc.nat(2000)) })

function expectAll(log: ByteLog, all: readonly Written[]): void {
  for (const { position, numbers, text } of all) {
    expect(numbers.map((_, index) => log.numberAt(position, index))).toEqual(numbers)
    expect(log.textAt(position, numbers.length)).toBe(text)
  }
}

test('what has been written is read as it was, however it is dropped, wraps and grows', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(record, drop), { maxLength: 1500, size: 'max' }), (steps) => {
      const log = new ByteLog(4 * 1024 * 1024)
      const all: Written[] = []
      for (const step of steps) {
        if (step.kind === 'drop') {
          const [dropped] = all.splice(step.which % Math.max(all.length, 1), 1)
          if (dropped) log.drop(dropped.position)
          continue
        }
        const { numbers, text } = step
        const position = log.write(numbers, text)
        if (position !== undefined) all.push({ position, numbers, text })
      }
      expectAll(log, all)
    }),
    { numRuns: 30 },
  )
})

test('the last thousand of a hundred thousand stay, in a room that does not grow', () => {
  const log = new ByteLog(1024 * 1024)
  const all: Written[] = []
  for (let number = 0; number < 100_000; number++) {
    const text = `request ${number} `.repeat(1 + (number % 30))
    const position = log.write([number], text)
    if (position === undefined) throw new Error(`There is no room for number ${number}`)
    all.push({ position, numbers: [number], text })
    const oldest = all.length > 1000 ? all.shift() : undefined
    if (oldest) log.drop(oldest.position)
  }
  expectAll(log, all)
})

test('what there is no room for is refused, and there is room again once something goes', () => {
  const log = new ByteLog(64 * 1024)
  const text = 'x'.repeat(1000)
  const all: Written[] = []
  for (;;) {
    const position = log.write([all.length], text)
    if (position === undefined) break
    all.push({ position, numbers: [all.length], text })
  }
  expect(all.length).toBeGreaterThan(50)
  expect(log.write([], 'y'.repeat(100_000))).toBeUndefined()
  for (const { position } of all.splice(0, 5)) log.drop(position)
  expect(log.write([7], text)).toBeDefined()
  expectAll(log, all)
})
