import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../../src/log.js'
import { type OutgoingError, TimedOut } from '../../src/outgoing/errors.js'
import { Outgoing } from '../../src/outgoing/outgoing.js'
import { createRedactor } from '../../src/redact.js'
import { type RawUpstream, type Upstream, startRawUpstream, startUpstream } from '../helpers/upstream.js'
import { cid, define } from './helpers/open-outgoing.js'

/** An API that is dead makes those wait who call it, and nobody else. */

/** Listens, and never looks who is there: two connections are made by the kernel, and the rest of them hang in the air. */
const blackHole = `
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

let alive: Upstream
let silent: RawUpstream
let hole: { readonly process: ChildProcess; readonly url: string }
const opened: Outgoing[] = []

beforeAll(async () => {
  alive = await startUpstream()
  silent = await startRawUpstream(() => undefined)
  const child = spawn(process.execPath, ['-e', blackHole], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  hole = { process: child, url: `http://127.0.0.1:${port.toString()}` }
})
afterEach(() => Promise.all(opened.splice(0).map((outgoing) => outgoing.close())))
afterAll(async () => {
  hole.process.kill('SIGKILL')
  await Promise.all([alive.close(), silent.close()])
})

/** Milliseconds that 99 of 100 calls take at most, eight at a time. */
async function p99(outgoing: Outgoing): Promise<number> {
  const times: number[] = []
  const calling = async () => {
    for (let call = 0; call < 100; call += 1) times.push((await outgoing.connection('Alive', {}).get(cid)).elapsedMs)
  }
  await Promise.all(Array.from({ length: 8 }, calling))
  times.sort((a, b) => a - b)
  return times[Math.floor(times.length * 0.99)] ?? 0
}

test.each([
  ['accepts and never answers', () => silent.url, 20, 'headers'],
  ['accepts and never answers, with a socket a call', () => silent.url, 200, 'headers'],
  ['does not even accept', () => hole.url, 20, 'connect'],
  ['does not even accept, with a socket a call', () => hole.url, 200, 'connect'],
])('200 calls wait for an API that %s: another connection is as fast as before', async (_, host, poolSize, phase) => {
  const dead = define({ name: 'Dead', host: host(), poolSize, timeout: 2 })
  const project = { outgoingRest: [dead, define({ name: 'Alive', host: alive.url })], security: [] }
  const outgoing = new Outgoing({ project, redactor: createRedactor([]), log: createLogger(() => undefined) })
  opened.push(outgoing)
  await p99(outgoing)
  const before = await p99(outgoing)
  let ended = 0
  const waiting = Array.from({ length: 200 }, async () => {
    const error: unknown = await outgoing
      .connection('Dead', {})
      .get(cid)
      .catch((reason: unknown) => reason)
    ended += 1
    return error as OutgoingError
  })
  const during = await p99(outgoing)
  expect(ended).toBeLessThan(200)
  // What a machine that others share adds by chance; what is looked for would be the deadline of the dead, 2,000 ms.
  expect(during).toBeLessThan(before * 4 + 50)
  const errors = await Promise.all(waiting)
  expect(errors.every((error) => error instanceof TimedOut)).toBe(true)
  expect(errors.map((error) => error.phase)).toContain(phase)
  expect(Math.max(...errors.map(({ elapsedMs }) => elapsedMs))).toBeLessThan(2000 + 2000)
})
