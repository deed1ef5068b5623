import { createHook } from 'node:async_hooks'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { until } from '../runtime/until.js'
import { listening } from './listening.js'
import { channel } from './projects.js'

const answers = (text: string) => (text.match(/HTTP\/1\.1 \d+/g) ?? []).map((line) => Number(line.slice(9)))

test('requests without a body are answered one after the other on one connection, pipelined ones too', async () => {
  const running = await listening({ channelRest: [channel('/any')] })
  const socket = connect(running.port, '127.0.0.1')
  let told = ''
  socket.on('data', (bytes: Buffer) => (told += bytes.toString('latin1')))
  const head = (method: string, path: string, more = '') =>
    `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`
  const steps: [string, ...number[]][] = [
    [head('GET', '/any'), 200],
    [head('HEAD', '/any'), 200],
    [head('GET', '/any') + head('GET', '/nowhere') + head('DELETE', '/any'), 200, 404, 200],
    [head('POST', '/any', 'Content-Length: 0\r\n') + head('GET', '/any'), 200, 200],
    [`${head('POST', '/any', 'Content-Length: 5\r\n')}hello${head('GET', '/any')}`, 200, 200],
    [head('GET', '/any', 'Connection: upgrade\r\nUpgrade: other\r\n'), 200],
    [head('GET', '/any', 'Connection: close\r\n'), 200],
  ]
  const expected: number[] = []
  for (const [text, ...statuses] of steps) {
    expected.push(...statuses)
    socket.write(text)
    await until(() => answers(told).length >= expected.length)
    expect(answers(told)).toEqual(expected)
  }
  await until(() => socket.destroyed)
  await running.close()
})

/** How many turns Node takes for each of a number of requests that wait for nothing, those of the caller included. */
async function turnsOf(text: string): Promise<number> {
  const running = await listening({ channelRest: [channel('/any')] })
  running.serve(() => Promise.resolve({ statusCode: 204, headers: {} }))
  let turns = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'TickObject') turns++
    },
  })
  const socket = connect(running.port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const ask = () =>
    new Promise((resolve) => {
      socket.once('data', resolve)
      socket.write(text)
    })
  for (let i = 0; i < 10; i++) await ask()
  hook.enable()
  for (let i = 0; i < 100; i++) await ask()
  hook.disable()
  socket.destroy()
  await running.close()
  return turns / 100
}

test('a request without a body costs no turns for reading it', async () => {
  const without = await turnsOf('GET /any HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const withOne = await turnsOf('POST /any HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}')
  expect(withOne - without).toBeGreaterThanOrEqual(3)
})
