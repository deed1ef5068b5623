import type { ErrorCode } from '../errors.js'
import type { Redactor } from '../redact.js'
import {
  BadCall,
  BadReply,
  type CallFacts,
  CallAborted,
  ConnectionFailed,
  type FailurePhase,
  NotConfigured,
  type OutgoingError,
  TimedOut,
} from './errors.js'
import { CircuitOpen } from './breaker.js'
import type { Failure, FailureReason } from './failure-reason.js'
import { Mistake } from './mistake.js'
import { OwnPort } from './own-port.js'
import type { Proxy } from './proxy-choice.js'
import { ProxyRefusal } from './tunnel.js'
import { clientCertificateHint, isTlsCode, tlsHint } from './tls-failure.js'

/** What is known of the call, to say in words why it failed. */
export interface FailureContext {
  readonly facts: CallFacts
  /** Stands before the message. */
  readonly prefix?: string
  /** In place of the phase of the failure. */
  readonly phase?: FailurePhase
  /** The item of the file whose address was called, and the field that holds it; the connection and its host by default. */
  readonly subject?: { readonly name: string; readonly addressField: string }
  /** Scheme, host and port. */
  readonly origin: string
  readonly timeoutMs: number
  readonly poolSize: number
  readonly stream: boolean
  readonly proxy?: Proxy | undefined
  readonly redactor: Redactor
}

/** How a failure is told. */
interface Told {
  readonly error: new (code: ErrorCode, message: string, options: ErrorTold) => OutgoingError
  readonly code: ErrorCode
  /** Completes `GET https://… failed: …`. */
  readonly message: string
  readonly hint?: string | undefined
}

interface ErrorTold {
  readonly facts: CallFacts
  readonly hint: string | undefined
  readonly cause?: unknown
}

/** Makes the error that the service gets: the right class and code, a message without secrets, what to do next. */
export function failureError(failure: Failure, context: FailureContext): OutgoingError {
  const { facts, redactor, prefix = '', phase = failure.phase } = context
  const { error: ErrorClass, code, message, hint } = tell(failure, context)
  const cause = causeOf(failure.reason, redactor)
  return new ErrorClass(code, redactor.text(`${prefix}${facts.method ?? ''} ${facts.url ?? ''} failed: ${message}`), {
    facts: { ...facts, phase },
    hint: hint && redactor.text(hint),
    ...(cause !== undefined && { cause }),
  })
}

function tell(failure: Failure, context: FailureContext): Told {
  const { reason } = failure
  const { subject } = context
  switch (reason.kind) {
    case 'timeout':
      return {
        error: TimedOut,
        code: 'ZN201',
        message: timeoutMessage(failure, context),
        hint: timeoutHint(failure, context),
      }
    case 'aborted':
      return { error: CallAborted, code: 'ZN601', message: 'its caller aborted it' }
    case 'too-large':
      return {
        error: BadReply,
        code: 'ZN302',
        message: `the body of the reply is larger than ${reason.limit} bytes`,
        hint: subject
          ? `check ${subject.addressField} of "${subject.name}"`
          : 'max_response_size of the connection is the limit',
      }
    case 'unusable':
      return { error: BadReply, code: 'ZN301', message: reason.problem, hint: codingHint }
    case 'bad-coding':
      return {
        error: BadReply,
        code: 'ZN301',
        message: `the body of the reply is not the ${reason.coding} that it should be`,
        hint: codingHint,
      }
    case 'error':
      return tellError(reason.error, failure, context)
  }
}

const codingHint = 'Accept-Encoding: identity, among the headers of the connection, asks the API for none'

const waitedFor: Readonly<Record<FailurePhase, string>> = {
  token: 'no token came',
  queue: 'no socket of its pool was free',
  dns: 'the name of the host was not found',
  connect: 'the host did not answer',
  tls: 'TLS was not agreed on',
  headers: 'no reply came',
  body: 'the reply was not complete',
}

function timeoutMessage({ phase }: Failure, { timeoutMs, stream }: FailureContext): string {
  const limit = `${timeoutMs / 1000} s`
  return stream && phase === 'body'
    ? `nothing more of the reply was passed on for ${limit}`
    : `${waitedFor[phase]} within ${limit}`
}

function timeoutHint({ phase }: Failure, context: FailureContext): string {
  const { origin, poolSize, subject } = context
  const { name, addressField } = subjectOf(context)
  if (phase === 'queue') return `all ${poolSize} sockets were busy: raise pool_size, or see why the API is slow`
  if (phase === 'headers' || phase === 'body') {
    const [whose, who] = subject ? [`"${name}"`, 'its server'] : ['the connection or of the call', 'the API']
    return `raise timeout of ${whose}, or see why ${who} is slow`
  }
  return `is ${hostOf(origin)} the right ${addressField} of "${name}", and reachable from here?`
}

function tellError(error: Error, failure: Failure, context: FailureContext): Told {
  if (error instanceof Mistake) return { error: BadCall, code: error.code, message: error.message, hint: error.hint }
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return { error: NotConfigured, code: 'ZN504', message: 'its connection has been closed' }
  }
  if (error instanceof OwnPort) {
    const hint = 'what the dashboard can do is not for services; give the connection the address of an API'
    return { error: NotConfigured, code: 'ZN504', message: error.message, hint }
  }
  if (error instanceof CircuitOpen) return tellOpenCircuit(error)
  if (error instanceof ProxyRefusal) return tellProxyRefusal(error, context)
  if (code === 'UND_ERR_INVALID_ARG') return { error: BadCall, code: 'ZN404', message: error.message }
  if (failure.phase === 'headers' || failure.phase === 'body') return tellBrokenReply(error, code, failure)
  return tellUnconnected(error, code, { failure, context })
}

/** The code of Node, and what it means to a person. */
const unconnected: Readonly<Record<string, readonly [code: ErrorCode, message: string, hint: string]>> = {
  ENOTFOUND: ['ZN101', 'there is no host "{name}"', 'check {field} of "{connection}"'],
  EAI_AGAIN: ['ZN101', 'the name server did not answer for "{name}"', 'is the network up?'],
  ECONNREFUSED: ['ZN102', '{host} refused the connection', 'is {server} running?'],
  ECONNRESET: ['ZN104', '{host} closed the connection at once', 'is it the right port?'],
  EHOSTUNREACH: ['ZN104', 'there is no route to {host}', 'is the network, or the VPN, up?'],
  ENETUNREACH: ['ZN104', 'there is no route to {host}', 'is the network, or the VPN, up?'],
  ETIMEDOUT: ['ZN201', '{host} did not answer', 'is it the right host, and reachable from here?'],
  EMFILE: ['ZN104', 'this process has too many files open', 'raise the limit (ulimit -n), or lower pool_size'],
}

function tellOpenCircuit({ settings: { failures, cooldown } }: CircuitOpen): Told {
  return {
    error: ConnectionFailed,
    code: 'ZN106',
    message: `it was not sent, because the API has failed ${failures} times in a row`,
    hint: `circuit_breaker of the connection leaves the API in peace for ${cooldown} s`,
  }
}

function tellProxyRefusal({ statusCode }: ProxyRefusal, { proxy, origin }: FailureContext): Told {
  const source = proxy?.source ?? 'the proxy'
  const hint =
    statusCode === 407 || statusCode === 401
      ? `${proxy?.authorization === undefined ? 'give' : 'check'} user name and password in ${source}`
      : `may ${hostOf(origin)} be reached through the proxy that ${source} names?`
  return {
    error: ConnectionFailed,
    code: 'ZN105',
    message: `the proxy ${hostOf(proxy?.origin ?? origin)} answered ${statusCode}`,
    hint,
  }
}

function tellUnconnected(
  error: Error,
  code: string,
  { failure, context }: { failure: Failure; context: FailureContext },
): Told {
  if (failure.phase === 'tls' || isTlsCode(code)) {
    return {
      error: ConnectionFailed,
      code: 'ZN103',
      message: `TLS failed: ${reasonOf(error)}`,
      hint: tlsHint(code, { ...subjectOf(context), origin: context.origin }),
    }
  }
  const [zatoCode, message, hint] =
    unconnected[code] ?? (code.startsWith('EAI_') ? unconnected.ENOTFOUND : undefined) ?? []
  const filled = (text: string) => fillIn(text, context)
  if (zatoCode === undefined) {
    return {
      error: ConnectionFailed,
      code: 'ZN104',
      message: `no connection to ${hostOf(context.origin)}: ${reasonOf(error)}`,
    }
  }
  const ErrorClass = zatoCode === 'ZN201' ? TimedOut : ConnectionFailed
  // What could not be reached is the proxy: through it, a host that is not there is an answer of the proxy.
  const { proxy } = context
  const told = proxy
    ? `the proxy ${hostOf(proxy.origin)} could not be used: ${filled(message ?? '')}`
    : filled(message ?? '')
  return {
    error: ErrorClass,
    code: zatoCode,
    message: told,
    hint: proxy ? `check ${proxy.source}` : filled(hint ?? ''),
  }
}

const brokenHint = 'the API, or a proxy before it, does not keep to HTTP/1.1: tell those who run it'
const brokenOffHint = 'look into the log of the API, and of the proxies before it'

function tellBrokenReply(error: Error, code: string, { phase, isReused }: Failure): Told {
  const broken = (message: string, hint = brokenHint): Told => ({ error: BadReply, code: 'ZN301', message, hint })
  if (error.name === 'HTTPParserError')
    return broken(`the reply is not HTTP/1.1${parserReason(error)}`, parserHint(error))
  // undici takes it for granted that there is no such status, and so for a mistake of its own.
  if (code === 'ERR_ASSERTION') return broken('the status of the reply is none that may answer this request')
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return broken('the headers of the reply are too large', 'NODE_OPTIONS=--max-http-header-size=… raises the limit')
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    // undici says so, too, of whatever its parser refuses in a head after a Content-Length.
    if (phase === 'headers')
      return broken('the head of the reply is not well-formed: perhaps it tells its length twice')
    return broken('the reply does not have the length that it says')
  }
  if (isTlsCode(code)) {
    const hint = clientCertificateHint(code)
    return { error: ConnectionFailed, code: 'ZN103', message: `TLS failed: ${reasonOf(error)}`, hint }
  }
  if (phase === 'body') return broken('the connection was closed before the end of the reply', brokenOffHint)
  if (error.message === 'bad response') return broken('the reply was not for this request')
  if (error.message === 'bad upgrade') return broken('the reply changes to a protocol that was not asked for')
  const socket = isReused ? 'a connection that was kept alive' : 'the connection'
  return broken(`${socket} was closed before a reply came`, brokenOffHint)
}

/** What the parser did not like: words of its own, nothing of the reply. */
function parserReason({ message }: Error): string {
  const [, reason] = /\((.+)\)$/.exec(message) ?? []
  return reason === undefined ? '' : ` (${reason})`
}

function parserHint(error: Error & { readonly data?: unknown }): string | undefined {
  const { message, data } = error
  if (!message.includes('Expected HTTP/')) return undefined
  // What a TLS server says to a client that does not begin with a handshake.
  const isTls = typeof data === 'string' && data.startsWith('\u0015\u0003')
  return isTls ? 'this port speaks TLS: its host begins with https://' : 'does this port speak HTTP?'
}

function fillIn(text: string, context: FailureContext): string {
  const { origin, subject, proxy } = context
  const { host, hostname } = new URL(proxy?.origin ?? origin)
  const { name, addressField } = subjectOf(context)
  return text
    .replace('{host}', host)
    .replace('{name}', hostname)
    .replace('{field}', addressField)
    .replace('{connection}', name)
    .replace('{server}', subject ? `the server that ${addressField} of "${name}" names` : 'the API')
}

/** What was called, where the file says so. */
function subjectOf({ subject, facts }: FailureContext): NonNullable<FailureContext['subject']> {
  return subject ?? { name: facts.connection, addressField: 'host' }
}

/** `api.example.com:8443` */
function hostOf(origin: string): string {
  return new URL(origin).host
}

/** What the error says in one line; that of a connection to several addresses says it in the first of its own. */
function reasonOf(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as readonly Error[]) : []
  const text = (error.message || (first?.message ?? '')).split('\n', 1)[0] ?? ''
  const { reason } = error as { reason?: unknown }
  return typeof reason === 'string' && reason !== '' ? reason : text
}

/** What lies behind, without what a reply or a certificate may have put into it. */
function causeOf(reason: FailureReason, redactor: Redactor): unknown {
  if (reason.kind === 'aborted') return reason.cause
  if (reason.kind !== 'error' && reason.kind !== 'bad-coding') return undefined
  const { error } = reason
  if (error instanceof Mistake) return error.cause
  const { code } = error as NodeJS.ErrnoException
  const cause = new Error(redactor.text(reasonOf(error)))
  return Object.assign(cause, { name: error.name, ...(code !== undefined && { code }) })
}
