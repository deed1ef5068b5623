import type { CallEvent, Phase } from '../../trace/events.js'
import type { LiveTrace } from '../../trace/live-trace.js'
import { hundredths, readPhases } from '../../trace/phase-times.js'

/**
 * What is kept of a call that only its event told of. Times are whole hundredths of a millisecond, which V8 keeps inside the
 * object: under load, objects that survive are most of what remembering costs.
 */
export class BriefCall {
  readonly attempts: number
  readonly #connection: string
  readonly #method: string
  readonly #url: string
  readonly #statusCode: number | undefined
  readonly #start: number
  readonly #duration: number
  readonly #queued: number
  readonly #dns: number
  readonly #connect: number
  readonly #tls: number
  readonly #send: number
  readonly #wait: number
  readonly #receive: number

  /** @param since when its trace began, in milliseconds since 1970 */
  constructor(event: CallEvent, since: number) {
    const { connection, method, url, startedAt, elapsedMs, attempts, statusCode, phases } = event
    this.attempts = attempts
    this.#connection = connection
    this.#method = method
    this.#url = url
    this.#statusCode = statusCode
    this.#start = hundredths(Math.max(0, startedAt - since))
    this.#duration = hundredths(elapsedMs)
    this.#queued = hundredths(phases.queued)
    this.#dns = hundredths(phases.dns)
    this.#connect = hundredths(phases.connect)
    this.#tls = hundredths(phases.tls)
    this.#send = hundredths(phases.send)
    this.#wait = hundredths(phases.wait)
    this.#receive = hundredths(phases.receive)
  }

  /** Adds its spans. */
  openIn(trace: LiveTrace, parent: number | undefined): void {
    const [name, url] = [this.#connection, this.#url]
    const timing = { startMs: this.#start / 100, durationMs: this.#duration / 100, status: this.#statusCode }
    const call = { connection: name, method: this.#method, template: url.split('?', 1)[0] ?? url, url, params: [] }
    const parentId = trace.open({ kind: 'call', name, parentId: parent, ...timing, call })
    trace.open({
      kind: 'attempt',
      name: `attempt ${this.attempts}`,
      parentId,
      ...timing,
      attempt: { number: this.attempts, phases: this.#phases },
    })
  }

  get #phases(): Partial<Record<Phase, number>> {
    return readPhases([this.#queued, this.#dns, this.#connect, this.#tls, this.#send, this.#wait, this.#receive])
  }
}
