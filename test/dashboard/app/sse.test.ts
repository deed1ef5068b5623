import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SseParser, backoff } from '../../../src/dashboard/app/core/sse.js'

const stream = ': ping\n\nid: 4\ndata: {"a":1}\n\nid: 5\r\ndata: one\r\ndata: two\r\n\r\ndata:bare\n\n'

test('messages are cut from the stream, comments dropped, several data lines joined', () => {
  expect(new SseParser().push(stream)).toEqual([
    { id: '4', data: '{"a":1}' },
    { id: '5', data: 'one\ntwo' },
    { id: undefined, data: 'bare' },
  ])
})

test('it does not matter in which pieces the stream arrives', () => {
  const whole = stream.replaceAll('\r', '')
  const expected = new SseParser().push(whole)
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), whole.length]
      const parser = new SseParser()
      const found = places.slice(1).flatMap((end, index) => parser.push(whole.slice(places[index], end)))
      expect(found).toEqual(expected)
    }),
  )
})

test('the wait doubles from half a second to eight, a fifth of it by chance', () => {
  const most = (failures: number) => backoff(failures, () => 1)
  expect([1, 2, 3, 4, 5, 6, 50].map(most)).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000])
  expect(backoff(1, () => 0)).toBe(400)
})
