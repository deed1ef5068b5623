import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LiveTrace } from '../../src/trace/live-trace.js'
import { type TracePacker, TraceRing } from '../../src/trace/ring.js'

const keeper = { mostSpans: 1, onChange: () => undefined }
const traceOf = (id: number) =>
  new LiveTrace(id, { cid: `c${id}`, kind: 'channel', title: '', startedAt: 0, source: 'http' }, keeper)

/** Packs what has an even id, and refuses the rest. */
function createPacker(): TracePacker & { readonly packed: ReadonlyMap<number, LiveTrace> } {
  const packed = new Map<number, LiveTrace>()
  let last = 0
  const find = (position: number) => {
    const trace = packed.get(position)
    if (!trace) throw new Error('It has been dropped')
    return trace
  }
  return {
    packed,
    pack(trace) {
      if (trace.id % 2 === 1 || !(trace instanceof LiveTrace)) return undefined
      packed.set(++last, trace)
      return last
    },
    unpack: (position) => find(position),
    drop: (position) => expect(packed.delete(position)).toBe(true),
  }
}

test('it holds traces by id, oldest first, as a sorted Map would', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant({ kind: 'push' as const, at: 0 }) },
    { weight: 4, arbitrary: fc.constant({ kind: 'take' as const, at: 0 }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('pack' as const), at: fc.nat(3000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('get' as const), at: fc.nat(3000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), at: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), at: fc.nat(3000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pin' as const), at: fc.nat(3000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('replace' as const), at: fc.nat(3000) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000, size: 'max' }), fc.nat(1200), (steps, first) => {
      const packer = createPacker()
      const ring = new TraceRing(() => packer)
      const model = new Map<number, LiveTrace>()
      let last = 0
      const push = () => {
        const trace = traceOf(++last)
        ring.push(trace)
        model.set(last, trace)
      }
      for (let index = 0; index < first; index++) push()
      for (const { kind, at } of steps) {
        const id = [...model.keys()][at % Math.max(model.size, 1)]
        if (kind === 'push') push()
        else if (id === undefined) expect(ring.size).toBe(0)
        else if (kind === 'pack') ring.pack(model.get(id) ?? traceOf(id))
        else if (kind === 'get') expect(ring.get(id)).toBe(model.get(id))
        else if (kind === 'take') {
          expect(ring.takeAt(at % model.size).id).toBe(id)
          model.delete(id)
        } else if (kind === 'replace') {
          const trace = traceOf(id)
          ring.replace(trace)
          model.set(id, trace)
        } else {
          const trace = model.get(id)
          expect(ring.delete(id)).toBe(true)
          expect(ring.delete(id)).toBe(false)
          if (kind === 'pin' && trace) ring.insert([trace])
          else model.delete(id)
        }
      }
      expect(ring.size).toBe(model.size)
      expect([...ring]).toEqual([...model.values()])
      expect(packer.packed.size).toBe(0)
      for (const [id, trace] of model) expect(ring.get(id)).toBe(trace)
      expect(ring.get(last + 1)).toBeUndefined()
    }),
    { numRuns: 40 },
  )
})

test('what came first goes first for ever, in the same room', () => {
  const ring = new TraceRing()
  for (let id = 1; id <= 20_000; id++) {
    ring.push(traceOf(id))
    if (id > 1000) expect(ring.delete(id - 1000)).toBe(true)
  }
  expect(ring.size).toBe(1000)
  expect([...ring].map(({ id }) => id)).toEqual(Array.from({ length: 1000 }, (_, index) => 19_001 + index))
})
