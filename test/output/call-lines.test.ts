import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { phaseLines, phasesText } from '../../src/output/call-lines.js'

const times = { queued: 571.2, send: 0.1, wait: 81 }

test('phases that took any time stand in their order', () => {
  expect(phasesText({ wait: 41, dns: 9, connect: 12, send: 0.2 })).toBe('dns 9, connect 12, wait 41')
})

test('after a retry, what the earlier attempts took is not called queued', () => {
  expect(phasesText(times, 3)).toBe('earlier attempts 571, wait 81')
  expect(phaseLines(times, 3).map(stripVTControlCharacters)).toEqual([
    '  before   571 ms: 2 earlier attempts, and the waits',
    '  send     0.1 ms',
    '  wait     81 ms',
  ])
  expect(phaseLines(times).map(stripVTControlCharacters)[0]).toBe('  queued   571 ms')
})
