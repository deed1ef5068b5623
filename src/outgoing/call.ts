import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Logger } from '../log.js'
import type { OutgoingDefinition } from '../project/schema.js'
import type { CallEvent } from '../trace/events.js'
import { type Repeatable, attemptUntilDone } from './attempts.js'
import type { Caller } from './caller.js'
import type { Endpoint } from './endpoint.js'
import { CallAborted, OutgoingError, type SchemaIssue, SchemaMismatch, TimedOut } from './errors.js'
import { failureError } from './failure.js'
import type { Failure } from './failure-reason.js'
import type { Token } from './oauth/token.js'
import { TokenFailure, tokenError } from './oauth/token-failure.js'
import type { TokenSource } from './oauth/token-source.js'
import { PayloadStream } from './payload-stream.js'
import { phasesOf } from './phases.js'
import type { SocketPool } from './pool.js'
import { type Call, type Prepared, prepareCall } from './prepare.js'
import { Progress } from './progress.js'
import { type ResponseParts, RestResponse } from './response.js'
import { checkSchema, issuesText } from './schema.js'
import type { Ending, Reply, SendOptions } from './message.js'
import type { RetryPolicy } from './retry-policy.js'
import { send } from './send.js'
import { waitFor } from './waiting.js'

/**
 * Makes one call: checks it, sends it, and makes a response or an error of what came of it.
 *
 * @throws OutgoingError
 */
export async function performCall<T>(endpoint: Endpoint, caller: Caller, call: Call): Promise<RestResponse<T>> {
  const run = new CallRun(endpoint, caller, prepareCall(endpoint, caller, call))
  const result = await run.result()
  if ('reason' in result) throw run.failed(result)
  const { schema } = run
  return schema ? run.checked<T>(result, schema) : run.answered<T>(result)
}

/** One call under way; at once the options of its attempts. */
class CallRun implements SendOptions, Repeatable {
  readonly signals: readonly AbortSignal[]
  readonly maxSize: number
  readonly stream: boolean
  readonly schema: StandardSchemaV1 | undefined
  readonly policy: RetryPolicy
  readonly retriesAnyMethod: boolean
  readonly #endpoint: Endpoint
  readonly #prepared: Prepared
  readonly #pool: SocketPool
  readonly #tokens: TokenSource | undefined
  readonly #limitMs: number
  /** When what is limited began: the first attempt, or the last one that was made after a pause. */
  #limitedSince = performance.now()
  readonly #startedAt = performance.now()
  #attempts = 0

  constructor(endpoint: Endpoint, caller: Caller, prepared: Prepared) {
    const { definition } = endpoint
    const { options, plan, cid } = prepared
    this.#endpoint = endpoint
    this.#prepared = prepared
    const facts = { connection: endpoint.name, cid }
    this.#pool = endpoint.poolFor(plan, facts)
    this.#tokens = endpoint.tokensFor(plan, options.scopes, facts)
    this.policy = retryPolicy(definition, options.retries)
    this.retriesAnyMethod = options.retries !== undefined
    this.#limitMs = options.timeoutMs ?? definition.timeout * 1000
    this.signals = [caller.signal, options.signal].filter((signal) => signal !== undefined)
    this.maxSize = definition.maxResponseSize
    this.stream = options.stream
    this.schema = options.schema
    const aborted = this.signals.find((signal) => signal.aborted)
    if (aborted) throw this.#unsent(aborted)
    endpoint.callStarts()
  }

  /** What is left of the time. */
  get timeoutMs(): number {
    return Math.max(1, this.#limitMs - (performance.now() - this.#limitedSince))
  }

  get method(): string {
    return this.#prepared.outbound.method
  }

  get isReplayable(): boolean {
    return !(this.#prepared.outbound.body instanceof PayloadStream)
  }

  get log(): Logger {
    return this.#endpoint.log
  }

  get cid(): string {
    return this.#prepared.cid
  }

  get name(): string {
    return this.#endpoint.name
  }

  /** What came of the call in the end. */
  async result(): Promise<Reply | Failure> {
    try {
      return await attemptUntilDone(this)
    } catch (error) {
      throw error instanceof OutgoingError ? this.#ended(error) : error
    }
  }

  attempt(token: Token | undefined, isRetry: boolean): Promise<Reply | Failure> {
    this.#attempts += 1
    if (isRetry) this.#limitedSince = performance.now()
    const { breaker } = this.#endpoint
    return breaker ? breaker.run(() => this.#send(token)) : this.#send(token)
  }

  #send(token: Token | undefined): Promise<Reply | Failure> {
    const { outbound } = this.#prepared
    if (!token) return send(this.#pool, outbound, this)
    const headers = [...outbound.headers, 'Authorization', token.authorization]
    return send(this.#pool, { ...outbound, headers }, this)
  }

  token(): Promise<Token> | undefined {
    const tokens = this.#tokens
    if (!tokens) return undefined
    const { current } = tokens
    return current ? Promise.resolve(current) : this.#waitForToken(tokens)
  }

  dropToken(token: Token): void {
    this.#tokens?.drop(token)
  }

  async #waitForToken(tokens: TokenSource): Promise<Token> {
    const facts = { ...this.#facts(), phase: 'token' as const }
    try {
      const waited = await waitFor(tokens.token(), { signals: this.signals, timeoutMs: this.#limitMs })
      if (waited.kind === 'value') return waited.value
      const told = `${facts.method} ${facts.url} failed: `
      if (waited.kind === 'timeout') {
        throw new TimedOut('ZN201', `${told}no token came within ${this.#limitMs / 1000} s`, { facts: this.#facts() })
      }
      throw new CallAborted('ZN601', `${told}its caller aborted it`, { facts, cause: waited.cause })
    } catch (error) {
      if (!(error instanceof TokenFailure)) throw error
      throw tokenError(error, { facts, redactor: this.#endpoint.redactor })
    } finally {
      // The time for a token is not that of the attempt.
      this.#limitedSince = performance.now()
    }
  }

  /** The call has failed; gives the error to throw. */
  failed(failure: Failure): OutgoingError {
    const error = this.explain(failure)
    this.#end({ size: 0, progress: failure.progress }, { error })
    return error
  }

  #ended(error: OutgoingError): OutgoingError {
    this.#end({ size: 0, progress: new Progress() }, { error })
    return error
  }

  /** The call was answered. */
  answered<T>(reply: Reply): RestResponse<T> {
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
  async checked<T>(reply: Reply, schema: StandardSchemaV1): Promise<RestResponse<T>> {
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
      proxy: this.#pool.proxy,
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

  #mismatch({ parseError }: RestResponse, issues: readonly SchemaIssue[]): SchemaMismatch {
    const { name, redactor } = this.#endpoint
    return new SchemaMismatch(
      redactor.text(`The reply of "${name}" does not match its schema: ${issuesText(issues)}`),
      {
        facts: { ...this.#facts(), phase: 'body' },
        hint: parseError && redactor.text(`it is not even JSON: ${parseError}`),
        issues: issues.map(({ path, message }) => ({ path: redactor.text(path), message: redactor.text(message) })),
      },
    )
  }

  #unsent({ reason }: AbortSignal): CallAborted {
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
    const { connection, cid, method, url } = this.#facts()
    const elapsedMs = rounded(this.#elapsed(progress))
    return {
      type: 'call',
      cid,
      connection,
      method,
      url,
      startedAt: Math.round(Date.now() - elapsedMs),
      elapsedMs,
      attempts: this.#attempts,
      ...(statusCode !== undefined && { statusCode, size }),
      phases: phasesOf(progress, this.#startedAt),
      ...(error && { error: { code: error.code, message: error.message, phase: error.phase } }),
    }
  }

  /** Milliseconds since the call began, to the end of an attempt or to now. */
  #elapsed(progress?: Progress): number {
    return (progress?.endedAt ?? performance.now()) - this.#startedAt
  }
}

function retryPolicy(definition: OutgoingDefinition, retries: number | undefined): RetryPolicy {
  const { maxRetries, retrySleepTime, retryBackoffMultiplier, retryBackoffThreshold } = definition
  return {
    maxRetries: retries ?? maxRetries,
    firstWaitMs: retrySleepTime * 1000,
    multiplier: retryBackoffMultiplier,
    totalWaitMs: retryBackoffThreshold * 1000,
  }
}

/** How a call ended, for its event. */
interface EventEnd {
  readonly statusCode?: number | undefined
  readonly error?: OutgoingError | undefined
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
