import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines, type Limited } from '../src/deadlines.js'

class Timed implements Limited {
  place = -1
  dueAt = 0
  readonly startedAt = performance.now()
  readonly ended: Promise<number>
  onDue: () => void = () => undefined

  constructor() {
    this.ended = new Promise((resolve) => (this.onDue = () => resolve(performance.now())))
  }
}

test('each is ended when its time is up, not before, in whatever order they were limited', async () => {
  const deadlines = new Deadlines()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 20 }), async (limits) => {
      const all = limits.map((ms) => {
        const timed = new Timed()
        deadlines.start(timed, ms)
        return { ms, startedAt: timed.startedAt, ended: timed.ended }
      })
      for (const { ms, startedAt, ended } of all) expect((await ended) - startedAt).toBeGreaterThanOrEqual(ms)
    }),
    { numRuns: 10 },
  )
})

test('what is over in time is not ended, and one that begins anew has all its time again', async () => {
  const deadlines = new Deadlines()
  const [over, again, last] = [new Timed(), new Timed(), new Timed()]
  over.onDue = () => expect.unreachable('it was over')
  deadlines.start(over, 20)
  deadlines.start(again, 20)
  deadlines.start(last, 40)
  deadlines.end(over)
  const startedAgainAt = performance.now()
  deadlines.start(again, 60)
  await last.ended
  expect((await again.ended) - startedAgainAt).toBeGreaterThanOrEqual(60)
})

test('what a limit ends may limit others, and end them', async () => {
  const deadlines = new Deadlines()
  const [first, second, third] = [new Timed(), new Timed(), new Timed()]
  first.onDue = () => {
    deadlines.end(second)
    deadlines.start(third, 5)
  }
  second.onDue = () => expect.unreachable('the first has ended it')
  deadlines.start(first, 10)
  deadlines.start(second, 10)
  await third.ended
})

test('it is nobody’s doing: what ends runs in no context of the one that was limited first', async () => {
  const context = new AsyncLocalStorage<string>()
  const deadlines = new Deadlines()
  const timed = new Timed()
  const seen = new Promise((resolve) => (timed.onDue = () => resolve(context.getStore())))
  context.run('a request', () => deadlines.start(timed, 1))
  expect(await seen).toBeUndefined()
})

test('an error of one keeps no other from its end', async () => {
  const deadlines = new Deadlines()
  const [broken, sound, later] = [new Timed(), new Timed(), new Timed()]
  const error = new Error('It does not end')
  broken.onDue = () => {
    throw error
  }
  const caught = new Promise((resolve) => {
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', (thrown) => {
      for (const other of others) process.on('uncaughtException', other)
      resolve(thrown)
    })
  })
  deadlines.start(broken, 5)
  deadlines.start(sound, 5)
  deadlines.start(later, 30)
  await Promise.all([sound.ended, later.ended])
  expect(await caught).toBe(error)
})
