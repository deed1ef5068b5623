import { fileURLToPath, pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { LogFields } from '../../src/log.js'
import { logLines } from '../../src/output/log-line.js'

const inside = fileURLToPath(new URL('../../dist/chunks/service.js', import.meta.url))

const shown = (message: string, fields: LogFields) =>
  logLines({ time: 0, level: 'error', message, service: 'orders', fields }, () => '10:42:07').map(
    stripVTControlCharacters,
  )

const stack = (head: string, frames: readonly string[]) =>
  [head, ...frames.map((frame) => `    at ${frame}`)].join('\n')

const ownFrame = `Invocation.handle (${pathToFileURL(inside).href}:960:67)`
const nodeFrames = ['new Promise (<anonymous>)', 'AsyncLocalStorage.run (node:async_hooks:346:14)']
const service = 'Orders.handle (/shop/services/orders.ts:7:35)'

test('of a stack the frames are shown that its reader has written, or has installed', () => {
  const frames = [service, 'parse (/shop/node_modules/x/index.js:1:1)', ownFrame, ...nodeFrames]
  expect(shown('The service threw TypeError: x', { code: 'ZS500', stack: stack('TypeError: x', frames) })).toEqual([
    '10:42:07 error orders: The service threw TypeError: x {"code":"ZS500"}',
    '      at Orders.handle (/shop/services/orders.ts:7:35)',
    '      at parse (/shop/node_modules/x/index.js:1:1)',
  ])
})

test('an error of zato-ts without a frame of its reader needs no stack', () => {
  expect(shown('The payload is a Map', { code: 'ZS303', stack: stack('ZatoError: x', [ownFrame]) })).toEqual([
    '10:42:07 error orders: The payload is a Map {"code":"ZS303"}',
  ])
})

test('an error that nobody expected is shown whole if all of its frames are inside', () => {
  const lines = shown('The service threw TypeError: x', { code: 'ZS500', stack: stack('TypeError: x', [ownFrame]) })
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain(ownFrame)
})

test('an error among the fields stands below, with its cause', () => {
  const cause = { name: 'Error', message: 'full', stack: stack('Error: full', [service]) }
  const error = { name: 'Error', message: 'lost', stack: stack('Error: lost', [service, ownFrame]), cause }
  expect(shown('Not saved', { id: 7, error })).toEqual([
    '10:42:07 error orders: Not saved {"id":7}',
    '  Error: lost',
    '      at Orders.handle (/shop/services/orders.ts:7:35)',
    '  [cause]: Error: full',
    '      at Orders.handle (/shop/services/orders.ts:7:35)',
  ])
})

test('a cause that is no error is not lost', () => {
  const error = { name: 'Error', message: 'lost', stack: stack('Error: lost', [service]), cause: { errno: 28 } }
  expect(shown('Not saved', { error }).at(-1)).toBe('  [cause]: {"errno":28}')
})

test('a line about one call ends with its cid, as that of a service does', () => {
  expect(shown('attempt 2 of 3', { cid: '5f1c09e2aaaa' })).toEqual(['10:42:07 error orders: attempt 2 of 3  5f1c09e2'])
})

test('an object that only looks like an error loses nothing', () => {
  expect(shown('x', { layer: { stack: 'a\nb', size: 2 } })[0]).toContain('{"layer":{"stack":"a\\nb","size":2}}')
})
