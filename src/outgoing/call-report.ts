import { ExpressionError } from '../project/expression.js'
import { redacted } from '../redact.js'
import { type CallEvent, hasFailed } from '../trace/events.js'
import { rounded } from '../trace/phase-times.js'
import type { CallSpan } from './call-span.js'
import { placed } from './declared/declared.js'
import type { Endpoint } from './endpoint.js'
import {
  BadReply,
  type CallFacts,
  CallAborted,
  type OutgoingError,
  type SchemaIssue,
  SchemaMismatch,
  TimedOut,
} from './errors.js'
import { failureError } from './failure.js'
import type { Failure } from './failure-reason.js'
import type { Ending, Reply } from './message.js'
import { TokenFailure, tokenError } from './oauth/token-failure.js'
import { phasesOf } from './phases.js'
import type { SocketPool } from './pool.js'
import type { Prepared } from './prepare.js'
import type { Progress } from './progress.js'
import { type ResponseParts, type RestResponse, parseJson } from './response.js'
import { issuesText, keysOfPointer } from './schema.js'
import type { Waited } from './waiting.js'

interface ReportParts {
  readonly endpoint: Endpoint
  readonly prepared: Prepared
  readonly pool: SocketPool
  readonly limitMs: number
}

/** How a call ended, for its event. */
export interface EventEnd {
  readonly statusCode?: number | undefined
  readonly error?: OutgoingError | undefined
}

/** What a call tells of itself: its facts, the errors that it ends with, its event. Nothing of it holds a secret. */
export class CallReport {
  /** Of the last attempt, from 1; 0 before the first. */
  attempts = 0
  /** What a trace is told of it, if somebody looks. */
  span: CallSpan | undefined
  readonly #parts: ReportParts
  readonly #startedAt = performance.now()

  constructor(parts: ReportParts) {
    this.#parts = parts
  }

  facts() {
    const { endpoint, prepared } = this.#parts
    const { cid, url, outbound } = prepared
    return {
      connection: endpoint.name,
      cid,
      method: outbound.method,
      url: endpoint.redactor.url(url),
      elapsedMs: rounded(this.#elapsed()),
      attempt: this.attempts,
    } satisfies CallFacts
  }

  /** What a response is made of. */
  partsOf({ statusCode, head, body, ended }: Reply): ResponseParts {
    const { endpoint, prepared } = this.#parts
    const { cid, url, outbound } = prepared
    return {
      statusCode,
      head,
      body,
      url,
      elapsedMs: rounded(this.#elapsed(ended instanceof Promise ? undefined : ended.progress)),
      attempts: this.attempts,
      expectsJson: endpoint.definition.dataFormat === 'json',
      isLossless: endpoint.definition.json === 'lossless',
      facts: { connection: endpoint.name, cid, method: outbound.method },
    }
  }

  failure(failure: Failure, { stream }: { stream: boolean }): OutgoingError {
    const { endpoint, prepared, pool, limitMs } = this.#parts
    return failureError(failure, {
      facts: this.facts(),
      origin: prepared.plan.address.origin,
      timeoutMs: limitMs,
      poolSize: endpoint.definition.poolSize,
      stream,
      proxy: pool.proxy,
      redactor: endpoint.redactor,
    })
  }

  /** It was aborted before anything was sent. */
  unsent(reason: unknown): CallAborted {
    const facts = this.facts()
    const message = `${facts.method} ${facts.url} was not sent: its caller had aborted it`
    return new CallAborted('ZN601', message, { facts, cause: reason })
  }

  mismatch({ parseError, text }: RestResponse, issues: readonly SchemaIssue[]): SchemaMismatch {
    const { name, redactor } = this.#parts.endpoint
    // A validator may repeat the value that it refuses.
    const shown = issues.map((issue) =>
      redactor.hides(keysOfPointer(issue.path)) ? { ...issue, message: redacted } : issue,
    )
    const message = redactor.text(`The reply of "${name}" does not match its schema: ${issuesText(shown)}`)
    return new SchemaMismatch(message, {
      facts: { ...this.facts(), phase: 'body' },
      // The parser quotes a piece of what it reads, perhaps one of a secret, which could not be told any more.
      hint:
        parseError &&
        `it is not even JSON: ${parseJson(redactor.text(redactor.fields(text)), { isLossless: false }).error ?? ''}`,
      issues: shown.map(({ path, message: told }) => ({ path: redactor.text(path), message: redactor.text(told) })),
    })
  }

  /** The `response_map` does not fit the reply; any other error is thrown again. */
  unmapped(error: unknown): BadReply {
    if (!(error instanceof ExpressionError)) throw error
    const facts = this.facts()
    const message = `The response_map of "${facts.connection}" failed: ${placed(error)}`
    const hint = 'try it on the reply as it came: conn.get, post and request give that'
    return new BadReply('ZN304', message, { facts: { ...facts, phase: 'body' }, hint })
  }

  /** No token came before the call was aborted or out of time. */
  withoutToken(waited: Exclude<Waited<unknown>, { kind: 'value' }>): OutgoingError {
    const facts = { ...this.facts(), phase: 'token' as const }
    const told = `${facts.method} ${facts.url} failed: `
    if (waited.kind === 'aborted') {
      return new CallAborted('ZN601', `${told}its caller aborted it`, { facts, cause: waited.cause })
    }
    return new TimedOut('ZN201', `${told}no token came within ${this.#parts.limitMs / 1000} s`, { facts })
  }

  /** The error of this call, where a token could not be fetched; any other is thrown again. */
  tokenFailed(error: unknown): OutgoingError {
    if (!(error instanceof TokenFailure)) throw error
    return tokenError(error, { facts: this.facts(), redactor: this.#parts.endpoint.redactor })
  }

  /** The call is over. */
  end({ size, progress }: Ending, { statusCode, error }: EventEnd): void {
    const { endpoint } = this.#parts
    endpoint.callEnds()
    const trace = this.span?.finish(statusCode, error)
    const sink = endpoint.sinkOf({ hasFailed: hasFailed({ error, statusCode }) })
    if (sink) sink(this.#event({ size, progress }, { statusCode, error }, trace))
  }

  #event({ size, progress }: Ending, { statusCode, error }: EventEnd, trace: number | undefined): CallEvent {
    const { endpoint, prepared } = this.#parts
    const { cid, url, outbound } = prepared
    const elapsedMs = rounded(this.#elapsed(progress))
    return {
      type: 'call',
      cid,
      connection: endpoint.name,
      method: outbound.method,
      url: endpoint.redactor.url(url),
      startedAt: Math.round(Date.now() - elapsedMs),
      elapsedMs,
      attempts: this.attempts,
      statusCode,
      size: statusCode === undefined ? undefined : size,
      phases: phasesOf(progress, this.#startedAt),
      trace,
      error: error && { code: error.code, message: error.message, phase: error.phase },
    }
  }

  /** Milliseconds since the call began, to the end of an attempt or to now. */
  #elapsed(progress?: Progress): number {
    return (progress?.endedAt ?? performance.now()) - this.#startedAt
  }
}
