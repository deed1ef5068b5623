import { type CallEvent, type Phase, hasFailed } from '../trace/events.js'
import { hundredths, phaseOrder, readPhases } from '../trace/phase-times.js'

/** The event of a call as the other process gets it: JSON, an array without the names of its fields. */
export function writeCall(event: CallEvent): string {
  const { cid, connection, method, url, startedAt, elapsedMs, attempts, statusCode, size, phases, error } = event
  const fields = [cid, connection, method, url, startedAt, hundredths(elapsedMs), attempts, statusCode, size, error]
  for (const phase of phaseOrder) fields.push(hundredths(phases[phase]))
  return JSON.stringify(fields)
}

/** Behind the fields that every call has. */
const phasesAt = 10

/** What JSON has for undefined in an array. */
type Nullish<T> = T | null

type Fields = readonly [
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
  ...phases: number[],
]

/** What is known of an event before it is read. */
interface WiredFacts {
  readonly trace?: number | undefined
  readonly hasFailed: boolean
}

/**
 * The event of a call that another process made: the text that came, read when somebody asks. Of most calls nobody does, and a
 * thousand of them are kept.
 */
export class WiredCall implements CallEvent {
  readonly type = 'call'
  readonly trace: number | undefined
  readonly hasFailed: boolean
  readonly text: string
  #read: Fields | undefined

  /** @param text what `writeCall` has made */
  constructor(text: string, facts: WiredFacts) {
    this.trace = facts.trace
    this.hasFailed = facts.hasFailed
    this.text = text
  }

  get cid(): string {
    return this.#fields[0]
  }

  get connection(): string {
    return this.#fields[1]
  }

  get method(): string {
    return this.#fields[2]
  }

  get url(): string {
    return this.#fields[3]
  }

  get startedAt(): number {
    return this.#fields[4]
  }

  get elapsedMs(): number {
    return this.#fields[5] / 100
  }

  get attempts(): number {
    return this.#fields[6]
  }

  get statusCode(): number | undefined {
    return this.#fields[7] ?? undefined
  }

  get size(): number | undefined {
    return this.#fields[8] ?? undefined
  }

  get error(): CallEvent['error'] {
    return this.#fields[9] ?? undefined
  }

  get phases(): Partial<Record<Phase, number>> {
    return readPhases(this.#fields, phasesAt)
  }

  get #fields(): Fields {
    return (this.#read ??= JSON.parse(this.text) as Fields)
  }
}

/** What `writeCall` makes of it, or has made. */
export function textOfCall(event: CallEvent): string {
  return event instanceof WiredCall ? event.text : writeCall(event)
}

/** Whether it failed, without reading more of it than need be. */
export function isFailedCall(event: CallEvent): boolean {
  return event instanceof WiredCall ? event.hasFailed : hasFailed(event)
}

/** The event of a call as plain data, whatever it was. */
export function plainCall(event: CallEvent): CallEvent {
  const { type, cid, connection, method, url, startedAt, elapsedMs, attempts, statusCode, size } = event
  const { phases, trace, error } = event
  const facts = { cid, connection, method, url, startedAt, elapsedMs, attempts, statusCode, size }
  return { type, ...facts, phases, trace, error }
}
