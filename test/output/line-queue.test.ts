import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { LineQueue } from '../../src/output/line-queue.js'
import { Terminal } from '../../src/output/terminal.js'
import { until } from '../runtime/until.js'

const leftOut = (count: number) => `${count} left out`
const up = (rows: number) => `\u001b[${rows}A\r\u001b[J`

/** A stream that takes 16 KB before it asks to wait, and what has been read of it. */
function screen({ tty = false, columns = 80 } = {}) {
  const stream = Object.assign(new PassThrough({ highWaterMark: 16_384 }), { isTTY: tty, columns })
  let shown = ''
  const read = () => void stream.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  const terminal = new Terminal(stream, { env: { LANG: 'C.UTF-8', TERM: 'xterm' } })
  return { stream, read, shown: () => shown, queue: new LineQueue({ terminal, leftOut }) }
}

test('the first line is written at once, those that follow together', () => {
  const { stream, queue } = screen()
  queue.push(['one'])
  queue.push(['two'])
  queue.push(['three'])
  expect(String(stream.read())).toBe('one\n')
})

test('all lines arrive, in their order', async () => {
  const { read, shown, queue } = screen()
  read()
  const lines = Array.from({ length: 4900 }, (_, number) => `line ${number}`)
  for (const line of lines) queue.push([line])
  await queue.end()
  expect(shown()).toBe(`${lines.join('\n')}\n`)
})

test('a reader that stands still costs no memory, and is told how much it missed', async () => {
  const { stream, read, shown, queue } = screen()
  const line = 'x'.repeat(1000)
  for (let number = 0; number < 200_000; number += 1) {
    queue.pushRepeatable({ key: String(number), render: () => line })
    // The event loop goes on, so that what is due is written.
    if (number % 1000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  // What was written of it before it stood still: one batch.
  expect(stream.writableLength).toBeLessThan(600_000)
  queue.push(['important'], { mustStay: true })
  read()
  await until(() => shown().includes('left out'))
  queue.push(['after'])
  await queue.end()
  const lines = shown().trimEnd().split('\n')
  const missed = [...shown().matchAll(/(\d+) left out/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  expect(lines.filter((one) => one === line).length + missed).toBe(200_000)
  expect(lines).toContain('important')
  expect(lines.at(-1)).toBe('after')
})

test('the end does not wait for a reader that has stopped reading', async () => {
  const { stream, queue } = screen()
  for (let number = 0; number < 100; number += 1) queue.push(['x'.repeat(1000)])
  await queue.end(50)
  await new Terminal(stream, { env: {} }).flush()
})

test('on a screen one line that comes again is written anew in its place', async () => {
  const { read, shown, queue } = screen({ tty: true })
  read()
  const line = (key: string) => ({ key, render: (times: number) => (times > 1 ? `${key} (x${times})` : key) })
  queue.pushRepeatable(line('a'))
  await until(() => shown() === 'a\n')
  for (let times = 0; times < 11; times += 1) queue.pushRepeatable(line('a'))
  await until(() => shown() === `a\n${up(1)}a (x12)\n`)
  queue.push(['other'])
  queue.pushRepeatable(line('a'))
  await until(() => shown().endsWith('other\na\n'))
  queue.forgetLast()
  queue.pushRepeatable(line('a'))
  await queue.end()
  expect(shown()).toBe(`a\n${up(1)}a (x12)\nother\na\na\n`)
})

test('a line that wraps is cleared whole', async () => {
  const { read, shown, queue } = screen({ tty: true, columns: 10 })
  read()
  const line = { key: 'a', render: (times: number) => `${'x'.repeat(25)}${times}` }
  queue.pushRepeatable(line)
  await until(() => shown() !== '')
  queue.pushRepeatable(line)
  await queue.end()
  expect(shown()).toContain(up(3))
})

test('where lines are kept each stands by itself', async () => {
  const { read, shown, queue } = screen()
  read()
  for (let times = 0; times < 3; times += 1) queue.pushRepeatable({ key: 'a', render: () => 'a' })
  await queue.end()
  expect(shown()).toBe('a\na\na\n')
})
