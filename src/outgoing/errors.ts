import { type ErrorCode, ZatoError, type ZatoErrorOptions } from '../errors.js'

/**
 * How far a call had come: waiting for a token to be fetched, waiting for a socket of the pool (`queue`), opening one (`dns`, `connect`, `tls`), waiting for
 * the head of the reply (`headers`), or reading its body.
 */
export type FailurePhase = 'token' | 'queue' | 'dns' | 'connect' | 'tls' | 'headers' | 'body'

/** What is known of the call that failed. Nothing of it holds a secret. */
export interface CallFacts {
  readonly connection: string
  readonly cid?: string | undefined
  readonly method?: string | undefined
  /** Without userinfo or secrets. */
  readonly url?: string | undefined
  readonly phase?: FailurePhase | undefined
  /** Milliseconds since the call began. */
  readonly elapsedMs?: number | undefined
  /** From 1; 0 if nothing was sent. */
  readonly attempt?: number | undefined
}

export interface OutgoingErrorOptions extends ZatoErrorOptions {
  readonly facts: CallFacts
}

/** Base of everything that a call throws. */
export class OutgoingError extends ZatoError {
  readonly connection: string
  readonly cid: string | undefined
  readonly method: string | undefined
  readonly url: string | undefined
  readonly phase: FailurePhase | undefined
  readonly elapsedMs: number
  readonly attempt: number

  constructor(code: ErrorCode, message: string, { facts, ...options }: OutgoingErrorOptions) {
    super(code, message, options)
    this.connection = facts.connection
    this.cid = facts.cid
    this.method = facts.method
    this.url = facts.url
    this.phase = facts.phase
    this.elapsedMs = facts.elapsedMs ?? 0
    this.attempt = facts.attempt ?? 0
  }
}

/** No connection could be made: host not found, refused, TLS. */
export class ConnectionFailed extends OutgoingError {}

/** No complete answer within `timeout`. */
export class TimedOut extends OutgoingError {}

/** The reply was broken, or larger than `max_response_size`. */
export class BadReply extends OutgoingError {}

/** The call itself is wrong: a missing parameter, an unusable payload, an unknown option. Nothing was sent. */
export class BadCall extends OutgoingError {}

/** The connection cannot be used: unknown, inactive, or something that it needs is missing. Nothing was sent. */
export class NotConfigured extends OutgoingError {}

/** The caller went away, or the `signal` of the call was aborted. Its reason is the `cause`. */
export class CallAborted extends OutgoingError {}

/** The reply does not match the `schema` of the call. */
export class SchemaMismatch extends OutgoingError {
  readonly issues: readonly SchemaIssue[]

  constructor(message: string, { issues, ...options }: OutgoingErrorOptions & { issues: readonly SchemaIssue[] }) {
    super('ZN701', message, options)
    this.issues = issues
  }
}

export interface SchemaIssue {
  /** Where it is, such as `/orders/0/id`; empty for the whole. */
  readonly path: string
  readonly message: string
}
