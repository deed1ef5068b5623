import type { Incoming, IncomingChannel } from '../exchange.js'
import type { FromServices, OutcomeMessage, ToServices } from './messages.js'

/**
 * The messages that every request takes, as arrays: without the names of their fields they are half as long, and JSON writes
 * and reads them in half the time. All other messages go as they are.
 */

const requestTag = 0
const outcomeTag = 1
const eventTag = 2

type Request = Extract<ToServices, { type: 'request' }>
type Event = Extract<FromServices, { type: 'event' }>

/** Every field must be given, optional ones too: one that was forgotten here would be lost on the way. */
type Complete<T> = { readonly [Field in keyof Required<T>]: T[Field] }

/** What JSON has for undefined in an array. */
type Nullish<T> = T | null

/** Of one socket: what it has told once, it only points to from then on. */
export class WireWriter {
  readonly #channels = new Map<IncomingChannel, number>()

  /** @param message of these types, or any other that is no array */
  write(message: ToServices | FromServices | { readonly type: string }): unknown {
    if (message.type === 'request') return writeRequest(message as Request, this.#channelOf(message as Request))
    if (message.type === 'outcome') return writeOutcome(message as OutcomeMessage)
    return message.type === 'event' ? writeEvent(message as Event) : message
  }

  #channelOf({ incoming: { channel } }: Request): number | unknown[] | undefined {
    if (!channel) return undefined
    const known = this.#channels.get(channel)
    if (known !== undefined) return known
    this.#channels.set(channel, this.#channels.size)
    return writeChannel(channel)
  }
}

/** The other side of a `WireWriter`. */
export class WireReader {
  readonly #channels: IncomingChannel[] = []

  /** @param data what the writer has made of a message */
  read(data: unknown): unknown {
    if (!Array.isArray(data)) return data
    const fields = data as readonly unknown[]
    if (fields[0] === requestTag) return readRequest(fields, this.#channelOf(fields[channelAt]))
    return fields[0] === outcomeTag ? readOutcome(fields) : readEvent(fields)
  }

  #channelOf(written: unknown): IncomingChannel | undefined {
    if (typeof written === 'number') return this.#channels[written]
    if (!Array.isArray(written)) return undefined
    const channel = readChannel(written)
    this.#channels.push(channel)
    return channel
  }
}

/** Among the fields of a request. */
const channelAt = 5

function writeRequest({ id, incoming }: Request, channel: number | unknown[] | undefined): unknown[] {
  const { cid, traceparent, service, method, path, params, query, headers, remoteAddress, trace } = incoming
  const fields = [
    requestTag,
    id,
    cid,
    traceparent,
    service,
    channel,
    method,
    path,
    params,
    query,
    headers,
    remoteAddress,
  ]
  if (trace) fields.push(trace.isDetailed ? trace.id : -trace.id)
  return fields
}

function readRequest(fields: readonly unknown[], channel: IncomingChannel | undefined): Request {
  const [, id, cid, traceparent, service, , method, path, params, query, headers, remoteAddress, trace] =
    fields as readonly [
      tag: number,
      id: number,
      cid: string,
      traceparent: Nullish<string>,
      service: string,
      channel: unknown,
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
    channel,
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

function writeEvent({ trace = 0, hasFailed }: Event): unknown[] {
  return [eventTag, trace, hasFailed ? 1 : 0]
}

function readEvent(fields: readonly unknown[]): Event {
  const [, trace, hasFailed] = fields as readonly [tag: number, trace: number, hasFailed: number]
  const event: Complete<Event> = { type: 'event', trace: trace === 0 ? undefined : trace, hasFailed: hasFailed === 1 }
  return event
}
