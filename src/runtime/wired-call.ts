import type { CallEvent, Phase } from '../trace/events.js'
import { hundredths, phaseOrder, readPhases } from '../trace/phase-times.js'

/** Behind the fields that every call has. */
const phasesAt = 12

/** The event of a call as an array that begins with `tag`: see wire.ts. */
export function writeCall(event: CallEvent, tag: number): unknown[] {
  const { cid, connection, method, url, startedAt, elapsedMs, attempts, statusCode, size, phases, error, trace } = event
  const elapsed = hundredths(elapsedMs)
  const fields = [tag, cid, connection, method, url, startedAt, elapsed, attempts, statusCode, size, error, trace]
  for (const phase of phaseOrder) fields.push(hundredths(phases[phase]))
  return fields
}

/** What JSON has for undefined in an array. */
type Nullish<T> = T | null

type Fields = readonly [
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
  ...phases: number[],
]

/**
 * The event of a call that another process made: the array that came, read when somebody asks. Of most calls nobody does, and a
 * thousand of them are kept.
 */
export class WiredCall implements CallEvent {
  readonly type = 'call'
  readonly #fields: Fields

  /** @param fields what `writeCall` has made */
  constructor(fields: readonly unknown[]) {
    this.#fields = fields as Fields
  }

  get cid(): string {
    return this.#fields[1]
  }

  get connection(): string {
    return this.#fields[2]
  }

  get method(): string {
    return this.#fields[3]
  }

  get url(): string {
    return this.#fields[4]
  }

  get startedAt(): number {
    return this.#fields[5]
  }

  get elapsedMs(): number {
    return this.#fields[6] / 100
  }

  get attempts(): number {
    return this.#fields[7]
  }

  get statusCode(): number | undefined {
    return this.#fields[8] ?? undefined
  }

  get size(): number | undefined {
    return this.#fields[9] ?? undefined
  }

  get error(): CallEvent['error'] {
    return this.#fields[10] ?? undefined
  }

  get trace(): number | undefined {
    return this.#fields[11] ?? undefined
  }

  get phases(): Partial<Record<Phase, number>> {
    return readPhases(this.#fields, phasesAt)
  }
}

/** The event of a call as plain data, whatever it was. */
export function plainCall(event: CallEvent): CallEvent {
  const { type, cid, connection, method, url, startedAt, elapsedMs, attempts, statusCode, size } = event
  const { phases, trace, error } = event
  const facts = { cid, connection, method, url, startedAt, elapsedMs, attempts, statusCode, size }
  return { type, ...facts, phases, trace, error }
}
