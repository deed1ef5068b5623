import { expect, test } from 'vitest'
import type { Incoming } from '../../src/exchange.js'
import { type Cause, judge } from '../../src/runtime/death.js'
import type { RemoteRequest } from '../../src/runtime/remote-dispatch.js'

function request(id: number, service: string): RemoteRequest {
  const incoming: Incoming = {
    cid: `c${id}`,
    service,
    channel: {
      name: `the ${service}`,
      dataFormat: 'json',
      urlParamsPri: 'path-over-qs',
      paramsPri: 'channel-params-over-msg',
    },
    method: 'GET',
    path: '/',
    params: {},
    query: {},
    headers: {},
    remoteAddress: '127.0.0.1',
  }
  return { id, incoming, isAbandoned: false }
}

const one = [request(1, 'orders')]
const two = [...one, request(2, 'invoices')]
const place = { file: '/shop/services/orders.ts', line: 3, column: 5 }
const crash: Cause = { type: 'exit', exit: { text: 'was ended by SIGSEGV', isOwn: true } }
const statuses = (cause: Cause, requests: readonly RemoteRequest[]) => {
  const { outcomeOf } = judge(cause, { requests, place: undefined })
  return requests.map(({ id }) => outcomeOf(id).statusCode)
}

test('who was alone in a process that crashed is accused', () => {
  const { death } = judge(crash, { requests: one, place: undefined })
  expect(death).toMatchObject({
    code: 'ZS502',
    reason: 'was ended by SIGSEGV',
    account: 'the service "orders" was the only one at work',
    culprit: { cid: 'c1', service: 'orders', channel: 'the orders' },
    requests: [],
  })
  expect(statuses(crash, one)).toEqual([500])
})

test('nobody is accused on a guess: everybody may try again', () => {
  const { death } = judge(crash, { requests: two, place: undefined })
  expect(death.culprit).toBeUndefined()
  expect(death.account).toBe('which of 2 requests did it is not known')
  expect(death.requests).toEqual([
    { cid: 'c1', service: 'orders' },
    { cid: 'c2', service: 'invoices' },
  ])
  expect(statuses(crash, two)).toEqual([503, 503])
})

test('a process that somebody ended from outside is nobody’s fault in it', () => {
  const killed: Cause = { type: 'exit', exit: { text: 'was ended by SIGKILL', isOwn: false } }
  expect(judge(killed, { requests: one, place: undefined }).death).toMatchObject({
    account: '',
    requests: [{ cid: 'c1' }],
  })
  expect(statuses(killed, one)).toEqual([503])
})

test('code that runs for no request is told by its place, and the only request there is is not accused', () => {
  const stall: Cause = { type: 'stall', seconds: 5, where: { stack: '' } }
  const { death } = judge(stall, { requests: one, place })
  expect(death.account).toBe('code that runs for no request was running at /shop/services/orders.ts:3:5')
  expect(statuses(stall, one)).toEqual([503])
})

test('the culprit of a stall gets 504, and the hint names the setting', () => {
  const run = { id: 2, cid: 'c2', service: 'pdf', channel: 'the invoices' }
  const stall: Cause = { type: 'stall', seconds: 5, where: { run, stack: '' } }
  const { death } = judge(stall, { requests: two, place })
  expect(death).toMatchObject({
    code: 'ZS504',
    account: 'the service "pdf" was running at /shop/services/orders.ts:3:5',
    culprit: { cid: 'c2', service: 'pdf' },
    requests: [{ cid: 'c1', service: 'orders' }],
  })
  expect(death.hint).toContain('server.stall_timeout')
  expect(statuses(stall, two)).toEqual([503, 504])
})

test('a full heap that was seen while nothing ran is the doing of who was alone', () => {
  const full: Cause = { type: 'memory', space: 'heap', limit: 512 * 1024 * 1024, where: { stack: '' } }
  expect(judge(full, { requests: one, place: undefined }).death).toMatchObject({
    code: 'ZS503',
    reason: 'ran out of memory (server.max_memory is 512 MB)',
    culprit: { service: 'orders' },
  })
  expect(statuses(full, two)).toEqual([503, 503])
})

test('who was running while memory grew is accused while they are at it', () => {
  const suspect = { id: 1, cid: 'c1', service: 'orders', channel: 'the orders' }
  const full: Cause = { type: 'memory', space: 'heap', limit: 512 * 1024 * 1024, suspect }
  const { death } = judge(full, { requests: two, place: undefined })
  expect(death.account).toBe('the service "orders" was running while its memory grew')
  expect(statuses(full, two)).toEqual([500, 503])
  expect(statuses({ ...full, suspect: { ...suspect, id: 3 } }, two)).toEqual([503, 503])
})
