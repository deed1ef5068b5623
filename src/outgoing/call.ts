import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { CancelSignal } from '../cancellation.js'
import type { Logger } from '../log.js'
import type { OutgoingDefinition } from '../project/schema.js'
import { type Repeatable, type Result, attemptUntilDone, isFinal } from './attempts.js'
import { CallReport } from './call-report.js'
import { CallSpan } from './call-span.js'
import type { Caller } from './caller.js'
import type { Endpoint } from './endpoint.js'
import { OutgoingError } from './errors.js'
import type { Failure } from './failure-reason.js'
import type { Reply, SendOptions } from './message.js'
import type { Token } from './oauth/token.js'
import type { TokenSource } from './oauth/token-source.js'
import { PayloadStream } from './payload-stream.js'
import type { SocketPool } from './pool.js'
import { type Call, type Prepared, prepareCall } from './prepare.js'
import { Progress } from './progress.js'
import { RestResponse } from './response.js'
import type { RetryPolicy } from './retry-policy.js'
import { checkSchema } from './schema.js'
import { send } from './send.js'
import { waitFor } from './waiting.js'

/**
 * Makes one call: checks it, sends it, and makes a response or an error of what came of it.
 *
 * @throws OutgoingError
 */
export function performCall<T>(endpoint: Endpoint, caller: Caller, call: Call): Promise<RestResponse<T>> {
  return new Promise((resolve) => {
    const run = new CallRun(endpoint, caller, prepareCall(endpoint, caller, call))
    run.start((result) => {
      // An error is made in a reaction of this promise: its stack then tells who waits for it.
      resolve(run.responseTo<T>(result) ?? Promise.resolve(result).then((last) => run.conclude<T>(last)))
    })
  })
}

/** One call under way; at once the options of its attempts. */
class CallRun implements SendOptions, Repeatable {
  readonly signals: readonly CancelSignal[]
  readonly maxSize: number
  readonly stream: boolean
  readonly isUpload: boolean
  readonly schema: StandardSchemaV1 | undefined
  readonly map: Prepared['map']
  readonly policy: RetryPolicy
  readonly retriesAnyMethod: boolean
  readonly #endpoint: Endpoint
  readonly #prepared: Prepared
  readonly #pool: SocketPool
  readonly #tokens: TokenSource | undefined
  readonly #limitMs: number
  readonly #report: CallReport
  /** When what is limited began: the first attempt, or the last one that was made after a pause. */
  #limitedSince = performance.now()
  /** Whether no further attempt can change what has come. */
  #isDone = false

  constructor(endpoint: Endpoint, caller: Caller, prepared: Prepared) {
    const { definition } = endpoint
    const { options, plan, cid } = prepared
    const facts = { connection: endpoint.name, cid }
    this.#endpoint = endpoint
    this.#prepared = prepared
    this.#pool = endpoint.poolFor(plan, facts)
    this.#tokens = endpoint.tokensFor(plan, options.scopes, facts)
    this.#limitMs = options.timeoutMs ?? definition.timeout * 1000
    this.#report = new CallReport({ endpoint, prepared, pool: this.#pool, limitMs: this.#limitMs })
    this.policy = retryPolicy(definition, options.retries)
    this.retriesAnyMethod = options.retries !== undefined
    this.signals = signalsOf(caller.signal, options.signal)
    this.maxSize = definition.maxResponseSize
    this.stream = options.stream
    this.isUpload = prepared.isUpload
    this.schema = options.schema
    this.map = prepared.map
    const aborted = this.signals.find((signal) => signal.aborted)
    if (aborted) throw this.#report.unsent(aborted.reason)
    endpoint.callStarts()
    if (caller.recorder) {
      const proxy = this.#pool.proxy?.origin
      this.#report.span = new CallSpan(caller.recorder, { endpoint, prepared, proxy, call: this })
    }
  }

  get span(): CallSpan | undefined {
    return this.#report.span
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

  /** Most calls need one attempt and nothing before it. */
  start(resolve: (result: Result | Promise<Result>) => void): void {
    if (this.#tokens || this.#endpoint.breaker) resolve(this.#untilDone())
    else this.#send(undefined, resolve)
  }

  /** The response, if this is the reply that counts, and there is nothing more to ask about it. Most are. */
  responseTo<T>(result: Result | Promise<Result>): RestResponse<T> | undefined {
    if (this.schema || this.map || !('statusCode' in result)) return undefined
    return this.#isDone || isFinal(this, result) ? this.#answered<T>(result) : undefined
  }

  /**
   * What comes of the call.
   *
   * @throws OutgoingError
   */
  conclude<T>(result: Result): RestResponse<T> | Promise<RestResponse<T>> {
    if (!this.#isDone && !isFinal(this, result)) return this.#untilDone(result).then((last) => this.conclude<T>(last))
    if ('reason' in result) throw this.#failed(result)
    return this.schema || this.map ? this.#checked<T>(result) : this.#answered<T>(result)
  }

  explain(failure: Failure): OutgoingError {
    return this.#report.failure(failure, this)
  }

  attempt(token: Token | undefined, isRetry: boolean): Promise<Result> {
    if (isRetry) this.#limitedSince = performance.now()
    const { breaker } = this.#endpoint
    const attempt = () => new Promise<Result>((resolve) => this.#send(token, resolve))
    return breaker ? breaker.run(attempt) : attempt()
  }

  token(): Promise<Token> | undefined {
    const { current } = this.#tokens ?? {}
    return current ? Promise.resolve(current) : this.#tokens && this.#waitForToken(this.#tokens)
  }

  dropToken(token: Token): void {
    this.#tokens?.drop(token)
  }

  async #untilDone(first?: Result): Promise<Result> {
    try {
      return await attemptUntilDone(this, first)
    } catch (error) {
      if (error instanceof OutgoingError) this.#report.end({ size: 0, progress: new Progress() }, { error })
      throw error
    } finally {
      this.#isDone = true
    }
  }

  #send(token: Token | undefined, resolve: (result: Result) => void): void {
    const { outbound } = this.#prepared
    this.#report.attempts += 1
    const authorized = token && [...outbound.headers, 'Authorization', token.authorization]
    const sent = authorized ? { ...outbound, headers: authorized } : outbound
    send(this.#pool, sent, { options: this, resolve: this.span ? recorded(this.span, resolve) : resolve })
  }

  async #waitForToken(tokens: TokenSource): Promise<Token> {
    const limits = { signals: this.signals, timeoutMs: this.#limitMs }
    const step = this.span?.begin('token', 'token', 'none was at hand that could still be used')
    const waited = await waitFor(tokens.token(), limits).catch((error: unknown) => {
      throw this.#report.tokenFailed(error)
    })
    if (waited.kind !== 'value') throw this.#report.withoutToken(waited)
    if (step) this.span?.end(step)
    // The time for a token is not that of the attempt.
    this.#limitedSince = performance.now()
    return waited.value
  }

  /** The call has failed; gives the error to throw. */
  #failed(failure: Failure): OutgoingError {
    const error = this.explain(failure)
    this.#report.end({ size: 0, progress: failure.progress }, { error })
    return error
  }

  /** The call was answered. */
  #answered<T>(reply: Reply): RestResponse<T> {
    const { ended, statusCode } = reply
    if (!(ended instanceof Promise)) this.#report.end(ended, { statusCode })
    else {
      void ended.then((ending) => {
        this.#report.end(ending, { statusCode, error: ending.error })
      })
    }
    return new RestResponse<T>(this.#report.partsOf(reply))
  }

  /**
   * The call was answered, and the data of a good reply is reshaped, must match a schema, or both.
   *
   * @throws BadReply, SchemaMismatch
   */
  async #checked<T>(reply: Reply): Promise<RestResponse<T>> {
    const parts = this.#report.partsOf(reply)
    const response = new RestResponse<T>(parts)
    const ending = await reply.ended
    let error: OutgoingError | undefined
    try {
      return response.ok ? new RestResponse<T>({ ...parts, checked: { value: await this.#data(response) } }) : response
    } catch (thrown) {
      if (thrown instanceof OutgoingError) error = thrown
      throw thrown
    } finally {
      this.#report.end(ending, { statusCode: reply.statusCode, error })
    }
  }

  async #data(response: RestResponse): Promise<unknown> {
    const data = await this.#mapped(response)
    if (!this.schema) return data
    const checked = await checkSchema(this.schema, data)
    if (checked.issues) throw this.#report.mismatch(response, checked.issues)
    return checked.value
  }

  /** Text where JSON should be is left as it is. */
  async #mapped({ data, parseError }: RestResponse): Promise<unknown> {
    if (!this.map || parseError !== undefined) return data
    try {
      return await this.map(data)
    } catch (thrown) {
      throw this.#report.unmapped(thrown)
    }
  }
}

/** Tells of an attempt, from now until its result is there. */
function recorded(span: CallSpan, resolve: (result: Result) => void): (result: Result) => void {
  const step = span.attempt()
  return (result) => {
    span.result(step, result)
    resolve(result)
  }
}

/** Of most calls: those of a connection that asks for none. */
const noRetries: RetryPolicy = { maxRetries: 0, firstWaitMs: 0, multiplier: 1, totalWaitMs: 0 }

function retryPolicy(definition: OutgoingDefinition, retries = definition.maxRetries): RetryPolicy {
  if (retries === 0) return noRetries
  return {
    maxRetries: retries,
    firstWaitMs: definition.retrySleepTime * 1000,
    multiplier: definition.retryBackoffMultiplier,
    totalWaitMs: definition.retryBackoffThreshold * 1000,
  }
}

const noSignals: readonly CancelSignal[] = []

function signalsOf(caller: CancelSignal | undefined, own: AbortSignal | undefined): readonly CancelSignal[] {
  if (caller && own) return [caller, own]
  const only = caller ?? own
  return only ? [only] : noSignals
}
