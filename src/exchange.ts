import type { CancelSignal } from './cancellation.js'

/**
 * What crosses the line between the listener and the services: plain data, so that it can cross a process, be stored
 * and be replayed. Bodies travel beside it as bytes or as a stream.
 */

/** A parsed request on its way to a service. */
export interface Incoming {
  readonly cid: string
  /** The caller's `traceparent`, if it sent a valid one. */
  readonly traceparent?: string | undefined
  /** Name of the service to run. */
  readonly service: string
  /** What the request came through; absent for `invoke`. */
  readonly channel?: IncomingChannel | undefined
  /** Upper case. */
  readonly method: string
  /** Path as the caller sent it, without the query string. */
  readonly path: string
  /** Decoded values of the channel's placeholders. */
  readonly params: Readonly<Record<string, string>>
  /** Decoded query; a key that repeats is an array. */
  readonly query: Readonly<Record<string, string | readonly string[]>>
  /** Names in lower case; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly remoteAddress: string
  /** The trace that it is recorded in, if it is. */
  readonly trace?: IncomingTrace | undefined
}

export interface IncomingTrace {
  /** Of the trace, in the process that keeps it. */
  readonly id: number
  /** Whether headers and bodies are recorded, and each thing at once; else only what failed. */
  readonly isDetailed: boolean
}

export interface IncomingChannel {
  readonly name: string
  readonly dataFormat: DataFormat
  readonly urlParamsPri: 'path-over-qs' | 'qs-over-path'
  readonly paramsPri: 'channel-params-over-msg' | 'msg-over-channel-params'
  /** The definition that authenticated the caller; never its secret. */
  readonly security?: { readonly name: string; readonly type: string } | undefined
}

export type DataFormat = 'json' | 'form' | 'xml' | 'csv' | 'text'

export type OutcomeHeaders = Readonly<Record<string, string | readonly string[]>>

/** A string is sent as UTF-8. */
export type OutcomeBody = Uint8Array | string | ReadableStream<Uint8Array> | undefined

/** What a service made of an incoming request. */
export interface Outcome {
  readonly statusCode: number
  /** Names in lower case. */
  readonly headers: OutcomeHeaders
  /** A stream that fails destroys the caller's connection. Absent when `problem` is set. */
  readonly body?: OutcomeBody
  /** Makes the reply an RFC 9457 problem document; the listener writes its body. */
  readonly problem?: ProblemDetails | undefined
}

/** The parts of an RFC 9457 problem that a service decides; `type`, `status` and `cid` are added by the listener. */
export interface ProblemDetails {
  readonly title?: string | undefined
  readonly detail?: string | undefined
  /** One entry a problem of the input: where it is (`/order/lines/0/sku`) and what it is. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[] | undefined
}

/**
 * Runs one request in whichever process holds the services. Whatever a service does becomes an outcome: `done` is called once, later or
 * before it returns, and never throws.
 */
export type Runner = (
  incoming: Incoming,
  body: Uint8Array,
  rest: { readonly signal: CancelSignal; readonly done: (outcome: Outcome) => void },
) => void

/** The same with a promise, for whoever runs few of them: each costs a request, and those of a listener are many. */
export type Dispatch = (incoming: Incoming, body: Uint8Array, signal: CancelSignal) => Promise<Outcome>

export function dispatchBy(run: Runner): Dispatch {
  return (incoming, body, signal) => new Promise((done) => run(incoming, body, { signal, done }))
}

/** Of an outcome that nobody wants any more: whoever makes its body need not go on. */
export function discard({ body }: Outcome): void {
  if (body instanceof ReadableStream) body.cancel().catch(() => undefined)
}
