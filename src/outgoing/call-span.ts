import type { CallRecord, ParamRecord } from '../trace/record.js'
import type { SpanChange } from '../trace/live-trace.js'
import { hasFailed } from '../trace/events.js'
import { errorRecord } from '../trace/error-record.js'
import { messageRecord, pairsOf, pairsOfRecord } from '../trace/message.js'
import type { Recorder } from '../trace/recorder.js'
import type { Endpoint } from './endpoint.js'
import type { OutgoingError } from './errors.js'
import type { Failure } from './failure-reason.js'
import type { Reply } from './message.js'
import { PayloadStream } from './payload-stream.js'
import { phasesOf } from './phases.js'
import type { Prepared } from './prepare.js'
import type { Progress } from './progress.js'
import { socketRecord } from './socket-record.js'

type Result = Reply | Failure

/** Something that a call did, one after the other. */
export interface Step {
  readonly kind: 'attempt' | 'backoff' | 'token'
  readonly name: string
  readonly startedAt: number
  readonly reason?: string
  endedAt?: number
  /** How far it came; known once it is over. */
  progress?: Progress
  result?: Result
  error?: OutgoingError
  decision?: string
  /** Of its span, once it has been told of. */
  span?: number
}

interface CallSpanParts {
  readonly endpoint: Endpoint
  readonly prepared: Prepared
  /** Address of the proxy that it goes through. */
  readonly proxy: string | undefined
  readonly call: { explain(failure: Failure): OutgoingError }
}

/**
 * What a recorder is told of one call. While it runs, this holds on to what it comes by anyway; spans are made of it at once if
 * the trace is recorded in full, and else only if the call has failed.
 */
export class CallSpan {
  readonly #recorder: Recorder
  readonly #parts: CallSpanParts
  readonly #parent: number
  readonly #startedAt = performance.now()
  readonly #steps: Step[] = []
  #attempts = 0
  /** Of its span, once it has been told of. */
  #span: number | undefined

  constructor(recorder: Recorder, parts: CallSpanParts) {
    this.#recorder = recorder
    this.#parts = parts
    this.#parent = recorder.current
    if (recorder.isDetailed) this.#tell()
  }

  attempt(): Step {
    this.#attempts += 1
    return this.begin('attempt', `attempt ${this.#attempts}`)
  }

  begin(kind: Step['kind'], name: string, reason?: string): Step {
    const step: Step = { kind, name, startedAt: performance.now(), ...(reason !== undefined && { reason }) }
    this.#steps.push(step)
    if (this.#span !== undefined) this.#open(step, this.#span)
    return step
  }

  /** What came of an attempt. */
  result(step: Step, result: Result): void {
    step.result = result
    const ended = 'reason' in result ? result : result.ended
    if (ended instanceof Promise) void ended.then((ending) => this.#ended(step, ending))
    else this.#ended(step, { progress: ended.progress })
  }

  end(step: Step, error?: OutgoingError): void {
    step.endedAt = performance.now()
    if (error) step.error = error
    if (step.span !== undefined) this.#close(step, step.span)
  }

  #ended(step: Step, { progress, error }: { readonly progress: Progress; readonly error?: OutgoingError }): void {
    step.progress = progress
    this.end(step, error)
  }

  /** What was decided after the last attempt, in words. */
  decided(decision: string): void {
    const step = this.#steps.findLast(({ kind }) => kind === 'attempt')
    if (!step) return
    step.decision = decision
    if (step.span !== undefined) this.#recorder.change(step.span, this.#outcomeOf(step))
  }

  /** The call is over. Gives the trace that still has to be told of it; undefined if all has been said. */
  finish(statusCode: number | undefined, error: OutgoingError | undefined): number | undefined {
    if (this.#span === undefined && !hasFailed({ error, statusCode }) && this.#attempts < 2) return this.#recorder.trace
    const span = this.#span ?? this.#tell()
    this.#recorder.close(span, {
      ...(statusCode !== undefined && { status: statusCode }),
      ...(error && { error: errorRecord(error, this.#parts.endpoint.redactor) }),
    })
    return undefined
  }

  /** Everything until now. */
  #tell(): number {
    const { endpoint, prepared } = this.#parts
    const { outbound, plan } = prepared
    const { redactor } = endpoint
    const token = plan.oauth ? ['Authorization', redactor.field('Authorization', 'Bearer')] : []
    const body = outbound.body instanceof PayloadStream ? undefined : outbound.body
    const span = this.#recorder.open(
      {
        kind: 'call',
        name: endpoint.name,
        call: callRecord(endpoint, prepared),
        request: messageRecord({ headers: pairsOf([...outbound.headers, ...token]), body, redactor }),
      },
      { parent: this.#parent, at: this.#startedAt },
    )
    this.#span = span
    for (const step of this.#steps) {
      this.#open(step, span)
      if (step.endedAt !== undefined && step.span !== undefined) this.#close(step, step.span)
    }
    return span
  }

  #open(step: Step, parent: number): void {
    const { kind, name, reason, startedAt: at } = step
    step.span = this.#recorder.open({ kind, name, ...(reason !== undefined && { reason }) }, { parent, at })
  }

  #close(step: Step, span: number): void {
    this.#recorder.close(span, this.#outcomeOf(step), step.progress?.endedAt ?? step.endedAt)
  }

  #outcomeOf({ kind, name, startedAt, progress, result, error, decision }: Step): SpanChange {
    const { redactor } = this.#parts.endpoint
    const failure = error ?? (result && 'reason' in result ? this.#parts.call.explain(result) : undefined)
    const told = failure && { error: { ...errorRecord(failure, redactor), stack: undefined } }
    if (kind !== 'attempt' || !result) return told ?? {}
    return {
      ...told,
      ...('statusCode' in result && { status: result.statusCode, response: this.#response(result) }),
      attempt: {
        number: Number(name.slice('attempt '.length)),
        phases: progress ? phasesOf(progress, startedAt) : {},
        ...(progress?.socket && { socket: socketRecord(progress, this.#parts.proxy) }),
        ...(decision !== undefined && { decision }),
      },
    }
  }

  #response({ head, body, ended }: Reply) {
    const bodyBytes = ended instanceof Promise ? 0 : ended.size
    const bytes = body instanceof Uint8Array ? body : undefined
    return messageRecord({
      headers: pairsOfRecord(head.headers),
      body: bytes,
      bodyBytes,
      redactor: this.#parts.endpoint.redactor,
    })
  }
}

function callRecord({ definition, redactor }: Endpoint, { outbound, url, options, plan }: Prepared): CallRecord {
  const params = Object.entries((options.params ?? {}) as Readonly<Record<string, unknown>>).flatMap(
    ([name, value]): ParamRecord[] => {
      const place = plan.address.placeholders.includes(name) ? 'path' : 'query'
      const values = Array.isArray(value) ? (value as readonly unknown[]) : [value]
      const texts = values.filter((one) => one !== undefined && one !== null).map(String)
      return texts.map((text) => ({ name, in: place, value: redactor.field(name, text) }))
    },
  )
  return {
    connection: definition.name,
    method: outbound.method,
    template: definition.host.replace(/\/$/, '') + definition.urlPath,
    url: redactor.url(url),
    params,
  }
}
