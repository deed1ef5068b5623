import { expect, test } from 'vitest'
import { addCrossing, addSaves, judgeSave } from '../../bench/harness/polls.js'
import { inRounds } from '../../bench/harness/rounds.js'
import { readSummary } from '../../bench/harness/wrk.js'

const summary = { requests: 20_000, microseconds: 2_000_000, bytes: 6_000_000, p50: 1500, p99: 4250 }
const noErrors = { connect: 0, read: 0, write: 0, status: 0, timeout: 0 }
const output = (fields: object) => `Running 2s test @ http://x\n  32 connections\n${JSON.stringify(fields)}\n`

test('the summary of wrk is read in requests per second and milliseconds', () => {
  expect(readSummary(output({ ...summary, ...noErrors }), 'http://x')).toEqual({
    requests: 20_000,
    seconds: 2,
    perSecond: 10_000,
    p50Ms: 1.5,
    p99Ms: 4.25,
    bytesPerReply: 300,
  })
})

test('a single request that failed fails the round', () => {
  for (const kind of Object.keys(noErrors)) {
    const failed = output({ ...summary, ...noErrors, [kind]: 1 })
    expect(() => readSummary(failed, 'http://x')).toThrow(`Requests to http://x failed: 1 ${kind} of 20000`)
  }
  expect(() => readSummary(output({ ...summary, ...noErrors, requests: 0 }), 'http://x')).toThrow('none was answered')
  expect(() => readSummary('unable to connect to x\n', 'http://x')).toThrow('unable to connect to x')
})

const poll = (sentAt: number, endedAt: number, version?: number) => ({ sentAt, endedAt, version })

test('a save is served with the first answer of its code, wherever that stands in the list', () => {
  const polls = [poll(98, 101, 1), poll(110, 131, 2), poll(104, 125, 2), poll(126, 130, 2)]
  expect(judgeSave(polls, { savedAt: 100, version: 2 })).toEqual({ servedMs: 25, polls: 4, failed: 0, stale: 0 })
})

test('old code is stale only for a request that was sent after the new code had answered', () => {
  const onItsWay = poll(119, 160, 1)
  const stale = poll(121, 122, 1)
  expect(judgeSave([poll(110, 120, 2), onItsWay, stale], { savedAt: 100, version: 2 }).stale).toBe(1)
})

test('a request without a version has failed, and is not stale', () => {
  const polls = [poll(99, 100), poll(110, 120, 2), poll(130, 131)]
  expect(judgeSave(polls, { savedAt: 100, version: 2 })).toMatchObject({ failed: 2, stale: 0 })
})

test('a save whose code never answers is an error, not a number', () => {
  expect(() => judgeSave([poll(1, 2, 1)], { savedAt: 0, version: 2 })).toThrow('Version 2 never answered')
})

test('a request that a save came in between has failed unless the code answered that it began with', () => {
  const save = { servedMs: 10, polls: 100, failed: 0, stale: 0 }
  expect(addCrossing(save, [], { version: 1 })).toEqual(save)
  expect(addCrossing(save, [1, 1], { version: 1 })).toEqual({ ...save, polls: 102 })
  expect(addCrossing(save, [1, 2, undefined], { version: 1 })).toEqual({ ...save, polls: 103, failed: 2 })
})

test('the counts of several saves add up', () => {
  const saves = [
    { servedMs: 10, polls: 100, failed: 1, stale: 0 },
    { servedMs: 20, polls: 50, failed: 2, stale: 3 },
  ]
  expect(addSaves(saves)).toEqual({ polls: 150, failed: 3, stale: 3 })
})

test('everybody is measured once a round, and nobody always after the same one', async () => {
  const order: string[] = []
  const contenders = ['a', 'b', 'c'].map((name) => ({ name }))
  const results = await inRounds(contenders, 3, ({ name }, round) => {
    order.push(name)
    return Promise.resolve(`${name}${round}`)
  })
  expect(order.join('')).toBe('abcbcacab')
  expect([...results]).toEqual([
    ['a', ['a0', 'a1', 'a2']],
    ['b', ['b0', 'b1', 'b2']],
    ['c', ['c0', 'c1', 'c2']],
  ])
})
