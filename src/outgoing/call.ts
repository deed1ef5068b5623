import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { CancelSignal } from '../cancellation.js'
import type { CallEvent } from '../trace/events.js'
import type { Caller } from './caller.js'
import type { Endpoint } from './endpoint.js'
import { CallAborted, type OutgoingError, type SchemaIssue, SchemaMismatch } from './errors.js'
import { failureError } from './failure.js'
import type { Failure } from './failure-reason.js'
import { PayloadStream } from './payload-stream.js'
import { phasesOf, rounded } from './phases.js'
import type { SocketPool } from './pool.js'
import { type Call, type Prepared, prepareCall } from './prepare.js'
import type { Progress } from './progress.js'
import { type ResponseParts, RestResponse, parseJson } from './response.js'
import { checkSchema, issuesText } from './schema.js'
import type { Ending, Reply, SendOptions } from './message.js'
import { send } from './send.js'

/**
 * Makes one call: checks it, sends it, and makes a response or an error of what came of it.
 *
 * @throws OutgoingError
 */
export function performCall<T>(endpoint: Endpoint, caller: Caller, call: Call): Promise<RestResponse<T>> {
  let run: CallRun
  return new Promise<Result>((resolve) => {
    run = new CallRun(endpoint, caller, prepareCall(endpoint, caller, call))
    run.attempt(resolve)
  }).then((result) => run.conclude<T>(result))
}

type Result = Reply | Failure

/** Only these may be sent again: to do them twice is to do them once. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** One call under way; at once the options of its attempts. */
class CallRun implements SendOptions {
  readonly signals: readonly CancelSignal[]
  readonly maxSize: number
  readonly stream: boolean
  readonly schema: StandardSchemaV1 | undefined
  readonly #endpoint: Endpoint
  readonly #prepared: Prepared
  readonly #pool: SocketPool
  readonly #limitMs: number
  readonly #startedAt = performance.now()
  #attempts = 0

  constructor(endpoint: Endpoint, caller: Caller, prepared: Prepared) {
    const { definition } = endpoint
    const { options, plan, cid } = prepared
    this.#endpoint = endpoint
    this.#prepared = prepared
    this.#pool = endpoint.poolFor(plan, { connection: endpoint.name, cid })
    this.#limitMs = options.timeoutMs ?? definition.timeout * 1000
    this.signals = signalsOf(caller.signal, options.signal)
    this.maxSize = definition.maxResponseSize
    this.stream = options.stream
    this.schema = options.schema
    const aborted = this.signals.find(({ aborted }) => aborted)
    if (aborted) throw this.#unsent(aborted)
    endpoint.callStarts()
  }

  /** What is left of the time. */
  get timeoutMs(): number {
    return Math.max(1, this.#limitMs - this.#elapsed())
  }

  attempt(resolve: (result: Result) => void): void {
    this.#attempts += 1
    send(this.#pool, this.#prepared.outbound, { options: this, resolve })
  }

  /**
   * What comes of an attempt.
   *
   * @throws OutgoingError
   */
  conclude<T>(result: Result): RestResponse<T> | Promise<RestResponse<T>> {
    if (!('reason' in result)) return this.schema ? this.#checked<T>(result, this.schema) : this.#answered<T>(result)
    if (!this.#mayRepeat(result)) throw this.#failed(result)
    return new Promise<Result>((resolve) => this.attempt(resolve)).then((second) => this.conclude<T>(second))
  }

  /** Whether the socket was to blame: one that was kept alive, and that its peer had closed meanwhile. */
  #mayRepeat({ isStale }: Failure): boolean {
    const { method, body } = this.#prepared.outbound
    if (this.#attempts > 1 || !isStale || !idempotent.has(method) || body instanceof PayloadStream) return false
    const { cid } = this.#prepared
    this.#endpoint.log.debug(`${method} of "${this.#endpoint.name}" is sent again: its socket had been closed`, { cid })
    return true
  }

  /** The call has failed; gives the error to throw. */
  #failed(failure: Failure): OutgoingError {
    const error = this.explain(failure)
    this.#end({ size: 0, progress: failure.progress }, { error })
    return error
  }

  /** The call was answered. */
  #answered<T>(reply: Reply): RestResponse<T> {
    const { ended, statusCode } = reply
    if (!(ended instanceof Promise)) this.#end(ended, { statusCode })
    else {
      void ended.then((ending) => {
        this.#end(ending, { statusCode, error: ending.error })
      })
    }
    return new RestResponse<T>(this.#partsOf(reply))
  }

  /**
   * The call was answered, and the data of a good reply must match a schema.
   *
   * @throws SchemaMismatch
   */
  async #checked<T>(reply: Reply, schema: StandardSchemaV1): Promise<RestResponse<T>> {
    const parts = this.#partsOf(reply)
    const response = new RestResponse<T>(parts)
    const ending = await reply.ended
    let error: SchemaMismatch | undefined
    try {
      if (!response.ok) return response
      const checked = await checkSchema(schema, response.data)
      if (!checked.issues) return new RestResponse<T>({ ...parts, checked })
      error = this.#mismatch(response, checked.issues)
      throw error
    } finally {
      this.#end(ending, { statusCode: reply.statusCode, error })
    }
  }

  explain(failure: Failure): OutgoingError {
    const { definition, redactor } = this.#endpoint
    return failureError(failure, {
      facts: this.#facts(),
      origin: this.#prepared.plan.address.origin,
      timeoutMs: this.#limitMs,
      poolSize: definition.poolSize,
      stream: this.stream,
      redactor,
    })
  }

  #partsOf({ statusCode, headers, body, ended }: Reply): ResponseParts {
    const { name, definition } = this.#endpoint
    const { cid, url, outbound } = this.#prepared
    return {
      statusCode,
      headers,
      body,
      url,
      elapsedMs: rounded(this.#elapsed(ended instanceof Promise ? undefined : ended.progress)),
      attempts: this.#attempts,
      expectsJson: definition.dataFormat === 'json',
      facts: { connection: name, cid, method: outbound.method },
    }
  }

  #mismatch({ parseError, text }: RestResponse, issues: readonly SchemaIssue[]): SchemaMismatch {
    const { name, redactor } = this.#endpoint
    return new SchemaMismatch(
      redactor.text(`The reply of "${name}" does not match its schema: ${issuesText(issues)}`),
      {
        facts: { ...this.#facts(), phase: 'body' },
        // The parser quotes a piece of what it reads, perhaps one of a secret, which could not be told any more.
        hint: parseError && `it is not even JSON: ${parseJson(redactor.text(text)).error ?? ''}`,
        issues: issues.map(({ path, message }) => ({ path: redactor.text(path), message: redactor.text(message) })),
      },
    )
  }

  #unsent({ reason }: CancelSignal): CallAborted {
    const facts = this.#facts()
    return new CallAborted('ZN601', `${facts.method} ${facts.url} was not sent: its caller had aborted it`, {
      facts,
      cause: reason,
    })
  }

  #facts() {
    const { name, redactor } = this.#endpoint
    const { cid, url, outbound } = this.#prepared
    return {
      connection: name,
      cid,
      method: outbound.method,
      url: redactor.url(url),
      elapsedMs: rounded(this.#elapsed()),
      attempt: this.#attempts,
    }
  }

  #end({ size, progress }: Ending, { statusCode, error }: EventEnd): void {
    const { onEvent } = this.#endpoint
    this.#endpoint.callEnds()
    if (onEvent) onEvent(this.#event({ size, progress }, { statusCode, error }))
  }

  #event({ size, progress }: Ending, { statusCode, error }: EventEnd): CallEvent {
    const { name, redactor } = this.#endpoint
    const { cid, url, outbound } = this.#prepared
    const elapsedMs = rounded(this.#elapsed(progress))
    return {
      type: 'call',
      cid,
      connection: name,
      method: outbound.method,
      url: redactor.url(url),
      startedAt: Math.round(Date.now() - elapsedMs),
      elapsedMs,
      attempts: this.#attempts,
      statusCode,
      size: statusCode === undefined ? undefined : size,
      phases: phasesOf(progress, this.#startedAt),
      error: error && { code: error.code, message: error.message, phase: error.phase },
    }
  }

  /** Milliseconds since the call began, to the end of an attempt or to now. */
  #elapsed(progress?: Progress): number {
    return (progress?.endedAt ?? performance.now()) - this.#startedAt
  }
}

/** How a call ended, for its event. */
interface EventEnd {
  readonly statusCode?: number | undefined
  readonly error?: OutgoingError | undefined
}

const noSignals: readonly CancelSignal[] = []

function signalsOf(caller: CancelSignal | undefined, own: AbortSignal | undefined): readonly CancelSignal[] {
  if (caller && own) return [caller, own]
  const only = caller ?? own
  return only ? [only] : noSignals
}
