import { ByteLog, type Position } from '../../trace/byte-log.js'
import { ownBytes } from '../../trace/live-trace.js'
import type { KeptTrace } from '../../trace/kept-trace.js'
import type { TracePacker } from '../../trace/ring.js'
import { WiredCall, textOfCall } from '../wired-call.js'
import type { RecordingHost } from './context.js'
import { Outline } from './outline.js'

const mostBytes = 64 * 1024 * 1024

/** Order of the numbers of a record. */
const at = {
  id: 0,
  startedAt: 1,
  dispatched: 2,
  answered: 3,
  duration: 4,
  statusCode: 5,
  method: 6,
  channel: 7,
  service: 8,
}
const numbersOfRecord = Object.keys(at).length

/** Neither cids nor paths hold one, nor does JSON that is written in one line. */
const separator = '\n'

/** Keeps outlines as bytes. A thousand of them as objects would be moved about by each collection of garbage. */
export class OutlinePacker implements TracePacker {
  readonly #host: RecordingHost
  readonly #log = new ByteLog(mostBytes)
  /** Methods and names of channels and services, of which there are few. */
  readonly #names: string[] = []
  readonly #numbers = new Map<string, number>()

  constructor(host: RecordingHost) {
    this.#host = host
  }

  pack(trace: KeptTrace): Position | undefined {
    if (!(trace instanceof Outline)) return undefined
    const { id, startedAt, dispatched, answered, duration, statusCode } = trace.outlined
    const { cid, path, method, channel, service, calls } = trace.outlined
    const names = [this.#numberOf(method), this.#numberOf(channel), this.#numberOf(service)]
    const numbers = [id, startedAt, dispatched, answered, duration, statusCode, ...names]
    let text = `${cid}${separator}${path}`
    for (const call of calls) text += separator + textOfCall(call)
    return this.#log.write(numbers, text)
  }

  unpack(packed: Position): KeptTrace {
    const number = (index: number) => this.#log.numberAt(packed, index)
    const id = number(at.id)
    const [cid = '', path = '', ...calls] = this.#log.textAt(packed, numbersOfRecord).split(separator)
    const outline = new Outline(this.#host, {
      id,
      cid,
      path,
      method: this.#nameOf(number(at.method)) ?? '',
      channel: this.#nameOf(number(at.channel)),
      service: this.#nameOf(number(at.service)),
      statusCode: number(at.statusCode),
      startedAt: number(at.startedAt),
      dispatched: number(at.dispatched),
      answered: number(at.answered),
      duration: number(at.duration),
      // One that had failed would have had the request recorded in full.
      calls: calls.map((text) => new WiredCall(text, { trace: id, hasFailed: false })),
    })
    outline.isReported = true
    outline.countedBytes = ownBytes
    return outline
  }

  drop(packed: Position): void {
    this.#log.drop(packed)
  }

  #numberOf(name: string | undefined): number {
    if (name === undefined) return none
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.#names.push(name) - 1
      this.#numbers.set(name, number)
    }
    return number
  }

  #nameOf(number: number): string | undefined {
    return number === none ? undefined : this.#names[number]
  }
}

/** Of a name that there is not. */
const none = -1
