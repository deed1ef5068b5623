import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PacketReader, PacketWriter } from '../../src/runtime/frames.js'

interface Sent {
  readonly head: unknown
  readonly body: Uint8Array
}

const frame = fc.record({ head: fc.jsonValue(), body: fc.uint8Array({ maxLength: 300 }) })

function encode(frames: readonly Sent[]): Buffer {
  return Buffer.concat(frames.map((one) => packet([one])))
}

function joined(writer: PacketWriter): Buffer {
  return Buffer.concat(writer.take().map((piece) => Buffer.from(piece as string)))
}

function packet(frames: readonly Sent[]): Buffer {
  const writer = new PacketWriter()
  for (const { head, body } of frames) writer.add(head, body)
  return joined(writer)
}

function decode(pieces: readonly Buffer[]): Sent[] {
  const received: Sent[] = []
  const decoder = new PacketReader((one) => received.push({ head: one.head, body: Uint8Array.from(one.body) }))
  for (const piece of pieces) decoder.push(piece)
  return received
}

/** Cuts at these offsets, in whatever order they come. */
function cut(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  const sorted = [0, ...offsets.map((offset) => offset % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

const asJson = (frames: readonly Sent[]) =>
  frames.map(({ head, body }) => ({ head: JSON.parse(JSON.stringify(head)) as unknown, body: [...body] }))

const packets = fc.array(fc.array(frame, { minLength: 1, maxLength: 5 }), { maxLength: 5 })

test('whatever the packets, and the pieces that a socket delivers, the frames are those that were sent', () => {
  fc.assert(
    fc.property(packets, fc.array(fc.nat(4000), { maxLength: 20 }), (sent, offsets) => {
      const bytes = Buffer.concat(sent.map(packet))
      expect(asJson(decode(cut(bytes, offsets)))).toEqual(asJson(sent.flat()))
    }),
  )
})

test('a writer that was emptied begins anew, and is full of large bodies', () => {
  const writer = new PacketWriter()
  const large = Buffer.alloc(100_000, 1)
  writer.add('first', large)
  expect([writer.isEmpty, writer.isFull]).toEqual([false, true])
  const first = joined(writer)
  expect([writer.isEmpty, writer.isFull]).toEqual([true, false])
  writer.add('second', Buffer.from('x'))
  const received = decode([first, joined(writer)])
  expect(received.map(({ head, body }) => [head, body.length])).toEqual([
    ['first', 100_000],
    ['second', 1],
  ])
})

test('frames that arrive byte by byte are put together', () => {
  const frames = [
    { head: { text: 'ä€𝄞' }, body: Buffer.from('body') },
    { head: null, body: Buffer.alloc(0) },
  ]
  const bytes = encode(frames)
  const pieces = [...bytes].map((byte) => Buffer.from([byte]))
  expect(asJson(decode(pieces))).toEqual(asJson(frames))
})

test('a frame that is not complete is not delivered', () => {
  const bytes = encode([{ head: 1, body: Buffer.from('ab') }])
  expect(decode([bytes.subarray(0, -1)])).toEqual([])
})

test('a large body in small pieces takes linear time', () => {
  const body = Buffer.alloc(16 * 1024 * 1024, 7)
  const bytes = encode([{ head: 1, body }])
  const offsets = Array.from({ length: 1000 }, (_, index) => index * 16_384)
  const [received] = decode(cut(bytes, offsets))
  expect(Buffer.compare(received?.body ?? Buffer.alloc(0), body)).toBe(0)
})

test('a key of the name "__proto__" arrives as data', () => {
  const head = JSON.parse('{"query":{"__proto__":"x"}}') as { query: object }
  const [received] = decode([encode([{ head, body: Buffer.alloc(0) }])])
  expect(JSON.stringify(received?.head)).toBe('{"query":{"__proto__":"x"}}')
})

test('a body that is text crosses as UTF-8, however long it is, and whatever is beside it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.integer({ min: 0, max: 4000 })), { maxLength: 4 }), (parts) => {
      const texts = parts.map(([piece, times]) => piece.repeat(times))
      const writer = new PacketWriter()
      for (const one of texts) writer.add('head', one)
      const received = texts.length > 0 ? decode([joined(writer)]) : []
      expect(received.map(({ body }) => Buffer.from(body).toString())).toEqual(texts)
    }),
    { numRuns: 50 },
  )
})
