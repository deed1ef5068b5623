import type { Incoming, IncomingChannel } from '../exchange.js'
import type { CallEvent } from '../trace/events.js'
import { hundredths, phaseOrder, readPhases } from '../trace/phase-times.js'
import type { FromServices, OutcomeMessage, ToServices } from './messages.js'

/**
 * The messages that every request takes, as arrays: without the names of their fields they are half as long, and JSON writes
 * and reads them in half the time. All other messages go as they are.
 */

const requestTag = 0
const outcomeTag = 1
const callTag = 2

type Request = Extract<ToServices, { type: 'request' }>
type Event = Extract<FromServices, { type: 'event' }>

/** Every field must be given, optional ones too: one that was forgotten here would be lost on the way. */
type Complete<T> = { readonly [Field in keyof Required<T>]: T[Field] }

/** What JSON has for undefined in an array. */
type Nullish<T> = T | null

/** @param message of these types, or any other that is no array */
export function toWire(message: ToServices | FromServices | { readonly type: string }): unknown {
  if (message.type === 'request') return writeRequest(message as Request)
  if (message.type === 'outcome') return writeOutcome(message as OutcomeMessage)
  return message.type === 'event' ? writeCall((message as Event).event) : message
}

/** What `toWire` has made of a message, as the message. */
export function fromWire(data: unknown): unknown {
  if (!Array.isArray(data)) return data
  const fields = data as readonly unknown[]
  if (fields[0] === requestTag) return readRequest(fields)
  return fields[0] === outcomeTag ? readOutcome(fields) : { type: 'event', event: readCall(fields) }
}

function writeRequest({ id, incoming }: Request): unknown[] {
  const { cid, traceparent, service, channel, method, path, params, query, headers, remoteAddress, trace } = incoming
  const wired = channel && writeChannel(channel)
  const fields = [requestTag, id, cid, traceparent, service, wired, method, path, params, query, headers, remoteAddress]
  if (trace) fields.push(trace.isDetailed ? trace.id : -trace.id)
  return fields
}

function readRequest(fields: readonly unknown[]): Request {
  const [, id, cid, traceparent, service, channel, method, path, params, query, headers, remoteAddress, trace] =
    fields as readonly [
      tag: number,
      id: number,
      cid: string,
      traceparent: Nullish<string>,
      service: string,
      channel: Nullish<readonly unknown[]>,
      method: string,
      path: string,
      params: Incoming['params'],
      query: Incoming['query'],
      headers: Incoming['headers'],
      remoteAddress: string,
      /** Negative for one that is not recorded in full. */
      trace: number | undefined,
    ]
  const incoming: Complete<Incoming> = {
    cid,
    traceparent: traceparent ?? undefined,
    service,
    channel: channel ? readChannel(channel) : undefined,
    method,
    path,
    params,
    query,
    headers,
    remoteAddress,
    trace: trace === undefined ? undefined : { id: Math.abs(trace), isDetailed: trace > 0 },
  }
  return { type: 'request', id, incoming }
}

function writeChannel({ name, dataFormat, urlParamsPri, paramsPri, security }: IncomingChannel): unknown[] {
  return [name, dataFormat, urlParamsPri, paramsPri, security]
}

function readChannel(fields: readonly unknown[]): IncomingChannel {
  const [name, dataFormat, urlParamsPri, paramsPri, security] = fields as readonly [
    name: string,
    dataFormat: IncomingChannel['dataFormat'],
    urlParamsPri: IncomingChannel['urlParamsPri'],
    paramsPri: IncomingChannel['paramsPri'],
    security: Nullish<Required<IncomingChannel>['security']>,
  ]
  const channel = { name, dataFormat, urlParamsPri, paramsPri }
  return security ? ({ ...channel, security } satisfies Complete<IncomingChannel>) : channel
}

function writeOutcome({ id, statusCode, headers, body, problem }: OutcomeMessage): unknown[] {
  return [outcomeTag, id, statusCode, headers, body, problem]
}

function readOutcome(fields: readonly unknown[]): OutcomeMessage {
  const [, id, statusCode, headers, body, problem] = fields as readonly [
    tag: number,
    id: number,
    statusCode: number,
    headers: OutcomeMessage['headers'],
    body: OutcomeMessage['body'],
    problem: Nullish<OutcomeMessage['problem']>,
  ]
  const outcome: Complete<OutcomeMessage> = {
    type: 'outcome',
    id,
    statusCode,
    headers,
    body,
    problem: problem ?? undefined,
  }
  return outcome
}

/** Behind the fields that every call has. */
const phasesAt = 12

function writeCall(event: CallEvent): unknown[] {
  const { cid, connection, method, url, startedAt, elapsedMs, attempts, statusCode, size, phases, error, trace } = event
  const elapsed = hundredths(elapsedMs)
  const fields = [callTag, cid, connection, method, url, startedAt, elapsed, attempts, statusCode, size, error, trace]
  for (const phase of phaseOrder) fields.push(hundredths(phases[phase]))
  return fields
}

function readCall(fields: readonly unknown[]): CallEvent {
  const [, cid, connection, method, url, startedAt, elapsed, attempts, statusCode, size, error, trace] =
    fields as readonly [
      tag: number,
      cid: string,
      connection: string,
      method: string,
      url: string,
      startedAt: number,
      elapsed: number,
      attempts: number,
      statusCode: Nullish<number>,
      size: Nullish<number>,
      error: Nullish<CallEvent['error']>,
      trace: Nullish<number>,
    ]
  const event: Complete<CallEvent> = {
    type: 'call',
    cid,
    connection,
    method,
    url,
    startedAt,
    elapsedMs: elapsed / 100,
    attempts,
    statusCode: statusCode ?? undefined,
    size: size ?? undefined,
    phases: readPhases(fields, phasesAt),
    error: error ?? undefined,
    trace: trace ?? undefined,
  }
  return event
}
