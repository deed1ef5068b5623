import { expect, test } from 'vitest'
import type { FromServices, ToServices } from '../../src/runtime/messages.js'
import { type CallEvent, hasFailed } from '../../src/trace/events.js'
import { WireReader, WireWriter } from '../../src/runtime/wire.js'
import { WiredCall, isFailedCall, plainCall, writeCall } from '../../src/runtime/wired-call.js'

type Message = ToServices | FromServices

/** A socket: each message as it arrives at the other end. */
function openWire(): (message: Message) => Message {
  const [writer, reader] = [new WireWriter(), new WireReader()]
  return (message) => reader.read(JSON.parse(JSON.stringify(writer.write(message)))) as Message
}

const across = (message: Message) => openWire()(message)

const incoming = {
  cid: 'a-cid',
  service: 'orders',
  method: 'GET',
  path: '/orders/1',
  params: { id: '1' },
  query: { tag: ['a', 'b'] },
  headers: { host: 'localhost' },
  remoteAddress: '127.0.0.1',
}
const channel = {
  name: 'Orders',
  dataFormat: 'json',
  urlParamsPri: 'path-over-qs',
  paramsPri: 'channel-params-over-msg',
} as const

const call = {
  type: 'call',
  cid: 'a-cid',
  connection: 'Orders API',
  method: 'GET',
  url: 'https://api.test/orders',
  startedAt: 1,
  elapsedMs: 2.5,
  attempts: 1,
  phases: { queued: 0.1, wait: 2 },
} as const

test.each<[string, ToServices | FromServices]>([
  ['a request through no channel', { type: 'request', id: 1, incoming }],
  ['a request through an open channel', { type: 'request', id: 2, incoming: { ...incoming, channel } }],
  [
    'a request with everything that one may have',
    {
      type: 'request',
      id: 3,
      incoming: {
        ...incoming,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        channel: { ...channel, security: { name: 'Key', type: 'apikey' } },
      },
    },
  ],
  ['an outcome', { type: 'outcome', id: 4, statusCode: 200, headers: { 'set-cookie': ['a', 'b'] }, body: 'bytes' }],
  [
    'an outcome that is a problem',
    {
      type: 'outcome',
      id: 5,
      statusCode: 400,
      headers: {},
      body: 'none',
      problem: { title: 'Bad Request', errors: [{ path: '/sku', message: 'Required' }] },
    },
  ],
  ['what a call has for a trace', { type: 'event', trace: 7, hasFailed: false }],
  ['a call that failed, of no trace', { type: 'event', trace: undefined, hasFailed: true }],
  ['anything else', { type: 'abort', id: 6 }],
])('%s arrives as it was sent', (_, message) => {
  expect(across(message)).toEqual(message)
})

test('a key of the name "__proto__" arrives as data', () => {
  const query = JSON.parse('{"__proto__":"x"}') as Record<string, string>
  expect(JSON.stringify(across({ type: 'request', id: 1, incoming: { ...incoming, query } }))).toContain(
    '"query":{"__proto__":"x"}',
  )
})

test('a channel is told of once, and is the same for all its requests', () => {
  const send = openWire()
  const secured = { ...channel, security: { name: 'Key', type: 'apikey' } }
  const received = [channel, secured, channel, undefined, secured].map((through, id) =>
    send({ type: 'request', id, incoming: { ...incoming, channel: through } }),
  )
  const channels = received.map((message) => (message.type === 'request' ? message.incoming.channel : undefined))
  expect(channels).toEqual([channel, secured, channel, undefined, secured])
  expect(channels[2]).toBe(channels[0])
  expect(channels[4]).toBe(channels[1])
  const writer = new WireWriter()
  const lengths = [1, 2].map(
    (id) => JSON.stringify(writer.write({ type: 'request', id, incoming: { ...incoming, channel } })).length,
  )
  expect(lengths[1]).toBeLessThan((lengths[0] ?? 0) - 50)
})

test.each<[string, CallEvent]>([
  ['was answered', { ...call, statusCode: 200, size: 0 }],
  [
    'was refused',
    { ...call, statusCode: 404, size: 12, phases: { dns: 1, connect: 2, tls: 3, send: 0, receive: 0.01 } },
  ],
  ['failed', { ...call, error: { code: 'ZN201', message: 'Late', phase: 'body' } }],
  ['belongs to a trace', { ...call, statusCode: 200, size: 1, trace: 12 }],
])('the event of a call that %s is the same at the other end', (_, event) => {
  const facts = { trace: event.trace, hasFailed: hasFailed(event) }
  const arrived = new WiredCall(writeCall(event), facts)
  expect(plainCall(arrived)).toEqual(event)
  expect(isFailedCall(arrived)).toBe(isFailedCall(event))
})
