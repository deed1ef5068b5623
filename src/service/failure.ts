import { STATUS_CODES } from 'node:http'
import { inspect } from 'node:util'
import type { CancelSignal } from '../cancellation.js'
import { ZatoError } from '../errors.js'
import type { Outcome, OutcomeHeaders } from '../exchange.js'
import type { LogFields, LogLevel, Logger } from '../log.js'
import type { Redactor } from '../redact.js'
import { type HttpErrorLike, MalformedBody, isHttpError } from './errors.js'
import { toOutcomeHeaders } from './headers.js'
import type { ServiceResponse } from './response.js'
import { InputMismatch } from './schema.js'

interface FailureContext {
  readonly logger: Logger
  /** Asked before anything is cut: what is left of a secret could not be told any more. */
  readonly redactor: Redactor
  /** Aborted: nobody waits for the answer any more. */
  readonly signal: CancelSignal
  /** Whose headers go with an error that the service chose. */
  readonly response?: ServiceResponse | undefined
}

/** What becomes of a thrown value: an answer for the caller, and a line for the log. */
interface Failure {
  readonly statusCode: number
  readonly detail: string | undefined
  readonly errors?: HttpErrorLike['errors'] | undefined
  /** Headers of an error that the service chose; only then do those that it had set go along. */
  readonly headers?: HttpErrorLike['headers'] | undefined
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Maps whatever a service threw to what its caller gets, and logs it. Never throws. */
export function failureOutcome(thrown: unknown, context: FailureContext): Outcome {
  const { statusCode, detail, errors, headers } = report(thrown, context)
  return {
    statusCode,
    headers: headers ? chosenHeaders(headers, context) : {},
    problem: { title: STATUS_CODES[statusCode], detail, errors },
  }
}

/** Logs a thrown value that no answer can tell of any more, because the body is on its way. */
export function logFailure(thrown: unknown, context: FailureContext): void {
  report(thrown, context)
}

function report(thrown: unknown, { logger, signal, redactor }: FailureContext): Failure {
  const failure = failureOf(thrown, redactor)
  if (signal.aborted) logger.debug(`The caller has gone. ${failure.message}`, failure.fields)
  else logger[failure.level](failure.message, failure.fields)
  return failure
}

function failureOf(thrown: unknown, redactor: Redactor): Failure {
  try {
    if (isHttpError(thrown)) return chosenFailure(thrown, redactor)
    if (thrown instanceof ZatoError) return knownFailure(thrown, redactor)
  } catch {
    // A proxy or a getter of the thrown value threw: it is none of ours.
  }
  const shown = show(thrown, redactor)
  return {
    ...unexpected,
    level: 'error',
    message: `The service threw ${shown.line}`,
    fields: { code: 'ZS500', stack: shown.whole },
  }
}

const unexpected = { statusCode: 500, detail: 'The service failed; its log says why, under this cid' }

/** What a service chose to answer. */
function chosenFailure(error: HttpErrorLike, redactor: Redactor): Failure {
  const { status, message, cause } = error
  return {
    statusCode: status,
    detail: message === '' ? undefined : message,
    errors: error.errors.length > 0 ? error.errors : undefined,
    headers: error.headers,
    level: status < 500 ? 'debug' : 'error',
    message: `The service answered ${status}${message === '' ? '' : `: ${message}`}`,
    fields: cause === undefined ? {} : { cause: show(cause, redactor).whole },
  }
}

/** What zato-ts itself raised: the caller's mistake, an API that failed, or a mistake of the service. */
function knownFailure(error: ZatoError, redactor: Redactor): Failure {
  const { code, hint, status, message } = error
  const fields = { code, ...(hint !== undefined && { hint }) }
  if (error instanceof InputMismatch) {
    const detail = 'The input does not match what the service takes'
    return { statusCode: status, detail, errors: error.errors, level: 'debug', message, fields }
  }
  if (error instanceof MalformedBody) return { statusCode: status, detail: message, level: 'debug', message, fields }
  const upstream = upstreamDetail(code)
  if (upstream !== undefined) return { statusCode: status, detail: upstream, level: 'error', message, fields }
  return { ...unexpected, level: 'error', message, fields: { ...fields, stack: stackOf(error, redactor) } }
}

/** What may be said of an API that failed: nothing of its body, its address or the credentials for it. */
function upstreamDetail(code: string): string | undefined {
  if (code.startsWith('ZN1')) return 'An API behind this service could not be reached'
  if (code.startsWith('ZN2')) return 'An API behind this service did not answer in time'
  if (code.startsWith('ZN3') || code.startsWith('ZN7'))
    return 'An API behind this service sent a reply that is not usable'
  return undefined
}

/**
 * The headers of an error that the service chose: those that it had set, without what describes a body that is not sent,
 * and over them the error's own. One that cannot be sent does not hide the error.
 */
function chosenHeaders(own: HttpErrorLike['headers'], context: FailureContext): OutcomeHeaders {
  const headers = { ...sendable(context.response?.headers, context), ...sendable(own, context) }
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')))
}

function sendable(
  headers: ServiceResponse['headers'] | HttpErrorLike['headers'] = {},
  context: FailureContext,
): OutcomeHeaders {
  try {
    return toOutcomeHeaders(headers, context)
  } catch (error) {
    report(error, context)
    return {}
  }
}

const unshowable = 'a value that cannot be shown'

const shownDepth = { depth: 4, maxStringLength: null }

const longestLine = 1000
const longestWhole = 50_000

/** A thrown value for the log: one line, and all of it with its stack and causes. */
function show(thrown: unknown, redactor: Redactor): { readonly line: string; readonly whole: string } {
  try {
    const whole = redactor.url(inspect(thrown, shownDepth))
    const line = thrown instanceof Error ? redactor.url(`${thrown.name}: ${thrown.message}`) : whole
    return { line: cut(line.split('\n', 1)[0] ?? '', longestLine), whole: cut(whole, longestWhole) }
  } catch {
    return { line: unshowable, whole: unshowable }
  }
}

/** The stack and the causes of an error of zato-ts; its members are fields of the line already. */
function stackOf({ stack = '', cause }: ZatoError, redactor: Redactor): string {
  try {
    const because = cause === undefined ? '' : `\n[cause]: ${inspect(cause, shownDepth)}`
    return cut(redactor.url(stack + because), longestWhole)
  } catch {
    return unshowable
  }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}
