import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stripVTControlCharacters } from 'node:util'
import type { RequestLineEvent } from '../../src/output/request-line.js'
import { ServerLines, type ServerLook } from '../../src/output/server-lines.js'
import { symbolsFor } from '../../src/output/symbols.js'
import { displayWidth } from '../../src/output/width.js'
import type { ServerEvent } from '../../src/runtime/events.js'

const time = new Date(2026, 10, 23, 10, 42, 7).getTime()
const unicode = symbolsFor({ LANG: 'C.UTF-8' })

const request: RequestLineEvent = {
  type: 'request',
  cid: '5f1c09e25f1c09e25f1c09e25f1c09e2',
  method: 'GET',
  path: '/api/customers/12345/orders',
  service: 'my.api.get-customer-orders',
  channel: 'Orders',
  statusCode: 200,
  elapsedMs: 88,
  size: 2,
  aborted: false,
}

const call = {
  type: 'call',
  cid: request.cid,
  connection: 'Orders API',
  method: 'GET',
  url: 'http://x/',
  startedAt: 0,
  elapsedMs: 1210,
  attempts: 3,
  statusCode: 502,
  phases: { wait: 870 },
} satisfies ServerEvent

function linesOf(events: readonly ServerEvent[], look: Partial<ServerLook> & { width?: number } = {}): string[] {
  const { width, ...rest } = look
  const all = { symbols: unicode, cwd: '/shop', columns: () => width, verbose: false, quiet: false, ...rest }
  const view = new ServerLines(all)
  return events
    .flatMap((event) => {
      const shown = view.show(event, time)
      return 'key' in shown ? [shown.render(1)] : shown.lines
    })
    .map(stripVTControlCharacters)
}

const lineOf = (event: Partial<RequestLineEvent>, width?: number) =>
  linesOf([{ ...request, ...event }], width === undefined ? {} : { width })[0] ?? ''

test('a request is one line: time, status, method, path, service, how long, cid', () => {
  expect(lineOf({}, 120)).toBe(
    '10:42:07 ✓ 200 GET  /api/customers/12345/orders → my.api.get-customer-orders                   88 ms  5f1c09e2',
  )
  expect(lineOf({ statusCode: 404 }, 120)).toContain('! 404')
  expect(lineOf({ statusCode: 502 }, 120)).toContain('✕ 502')
  expect(lineOf({ aborted: true }, 120)).toContain('– gone')
})

test('where lines are kept they have their day, and nothing is left out of them', () => {
  const path = `/${'long/'.repeat(40)}`
  expect(lineOf({ path })).toBe(`2026-11-23 10:42:07 ✓ 200 GET  ${path} → my.api.get-customer-orders  88 ms  5f1c09e2`)
})

test.each([200, 120, 100, 80, 60, 50, 40])(
  'on %i columns a line fits, or else it has no more than it must',
  (width) => {
    const line = lineOf({}, width)
    expect(line).toContain('/api/customers/12345/orders')
    expect(line).toContain('88 ms')
    const least = displayWidth('10:42:07 ✓ 200 GET  /api/customers/12345/orders     88 ms')
    expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(width, least))
    expect(line.includes('my.api.get-customer-orders')).toBe(width >= 97)
    expect(line.includes('5f1c09e2')).toBe(width >= 67)
  },
)

test('calls that failed stand under their request; with -v all of them do', () => {
  const failed = linesOf([call, { ...request, statusCode: 502 }], { width: 100 })
  expect(failed[1]).toBe('         ↳ ✕ 502 GET Orders API, 3 attempts, 1.21 s (wait 870)')
  const good = { ...call, statusCode: 200, attempts: 1 }
  expect(linesOf([good, request], { width: 100 }).length).toBe(1)
  expect(linesOf([good, request], { width: 100, verbose: true })[1]).toContain('↳ ✓ 200 GET Orders API')
})

test('a request that makes very many calls is told with the first of them, and a number', () => {
  const lines = linesOf([...Array<ServerEvent>(50_000).fill(call), { ...request, statusCode: 502 }], { width: 100 })
  expect(lines.length).toBe(22)
  expect(lines.at(-1)).toBe('         ↳ and 49980 more calls')
})

test('--quiet tells what fails', () => {
  const look = { width: 100, quiet: true }
  expect(linesOf([request, { ...request, statusCode: 404 }], look)).toEqual([])
  expect(linesOf([{ ...request, statusCode: 500 }], look).length).toBe(1)
  expect(linesOf([{ type: 'reloaded', files: ['/shop/services/a.ts'], ms: 12 }], look)).toEqual([])
})

test('reloads and moves are told, with paths as seen from here', () => {
  const files = ['a', 'b', 'c', 'd'].map((name) => `/shop/services/${name}.ts`)
  expect(linesOf([{ type: 'reloaded', files, ms: 12 }], { width: 100 })).toEqual([
    '10:42:07 ↻ services/a.ts, services/b.ts, services/c.ts and 1 more changed, reloaded in 12 ms',
  ])
  const written = ['/shop/services/4913', '/shop/services/a.ts~', '/shop/services/a.ts', '/shop/.env.local']
  expect(linesOf([{ type: 'reloaded', files: written, ms: 12 }], { width: 100 })).toEqual([
    '10:42:07 ↻ services/a.ts, .env.local changed, reloaded in 12 ms',
  ])
  expect(linesOf([{ type: 'reloaded', files: ['/shop/services/page.html'], ms: 12 }], { width: 100 })).toEqual([
    '10:42:07 ↻ services/page.html changed, reloaded in 12 ms',
  ])
  expect(linesOf([{ type: 'moved', url: 'http://localhost:9000/' }], { width: 100 })).toEqual([
    '10:42:07 → listening on http://localhost:9000/',
  ])
})

test('nothing from elsewhere reaches the screen as a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 40, max: 200 }), (text, width) => {
      const event = { ...request, path: text, method: text, service: text, cid: text, statusCode: 502 }
      const hostile = { ...call, cid: text, connection: text, error: { code: 'ZN201', message: text } }
      const files = [`/shop/${text}`]
      for (const line of linesOf([hostile, event, { type: 'reloaded', files, ms: 1 }], { width })) {
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      }
    }),
  )
})

test('without UTF-8 the lines are ASCII', () => {
  const lines = linesOf([call, { ...request, statusCode: 502 }], { width: 120, symbols: symbolsFor({ LANG: 'C' }) })
  expect(lines.join('')).toMatch(/^[ -~]*$/)
  expect(lines[0]).toContain('10:42:07 x 502 GET  /api/customers/12345/orders -> my.api.get-customer-orders')
})
