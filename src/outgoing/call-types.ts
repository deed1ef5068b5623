import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Uploadable } from './upload/file.js'
import type { LosslessNumber } from './lossless-number.js'

/** The types of a call, as the author of a service meets them. */

/** What may fill a `{placeholder}` of the path. */
export type PathValue = string | number | bigint | boolean | LosslessNumber

/** What may stand in the query: an array repeats the key, `null` and `undefined` leave it out. */
export type ParamValue = PathValue | null | undefined | readonly (PathValue | null | undefined)[]

/** A header's value; `undefined` and `null` leave it out. */
export type HeaderValue = string | number | bigint | boolean | LosslessNumber | null | undefined

/** `params` of a call: a value for each placeholder, and whatever else shall be in the query. */
export type Params<P extends string = string> = string extends P
  ? Readonly<Record<string, ParamValue>>
  : { readonly [Placeholder in P]: PathValue } & Readonly<Record<string, ParamValue>>

export interface CallOptions<P extends string = string, T = unknown> {
  /** Fills the placeholders of the path; what is left becomes the query string. */
  readonly params?: Params<P> | undefined
  /** Headers of this call. They win over those of the connection, and never over its credentials. */
  readonly headers?: Readonly<Record<string, HeaderValue>> | undefined
  /** Seconds from asking for a socket to the last byte of the reply, in place of the connection's; at most 3,600. */
  readonly timeout?: number | undefined
  /** Aborts the call. It is aborted anyway when the caller of the channel goes away. */
  readonly signal?: AbortSignal | undefined
  /**
   * How often a call that fails is tried again, in place of the connection's `max_retries`. Given here it also holds for
   * methods that may do something twice, such as POST: an `Idempotency-Key`, the same for each attempt, goes with them.
   */
  readonly retries?: number | undefined
  /** Name of the security definition whose credentials go with this call, in place of the connection's. */
  readonly security?: string | undefined
  /** Scopes of the token of this call, in place of those of its security definition: text or a list. */
  readonly scopes?: string | readonly string[] | undefined
  /**
   * What the data of a 2xx reply must look like: any Standard Schema (zod, valibot, arktype…). `response.data` is then what
   * the schema makes of it, and has its type. Anything else throws `SchemaMismatch`.
   */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined
  /**
   * Gives the response as soon as its head is there; its body is read from `response.body`. `timeout` then bounds the time
   * to the head, and after it each silence.
   */
  readonly stream?: boolean | undefined
}

/** Options of `delete`: it may have a body. */
export interface DeleteOptions<P extends string = string, T = unknown> extends CallOptions<P, T> {
  /** The body, if the API wants one. */
  readonly payload?: unknown
}

/** What `request` takes: a method of any kind, a payload, and the options. */
export interface RequestOptions<P extends string = string, T = unknown> extends CallOptions<P, T> {
  /** Such as `GET` or `PROPFIND`; in upper or lower case. */
  readonly method: string
  readonly payload?: unknown
}

/** Options of `upload`. */
export interface UploadOptions<P extends string = string, T = unknown> extends CallOptions<P, T> {
  /** Name of the field that holds the file; `data` by default. */
  readonly fieldName?: string | undefined
  /** Name that the file is said to have; its own by default, else that of the field. */
  readonly fileName?: string | undefined
  /** Content-Type of the file; that of a Blob by default, else `application/octet-stream`. */
  readonly mimeType?: string | undefined
  /** Further fields, sent before the file; an array repeats its field. */
  readonly fields?: Readonly<Record<string, ParamValue>> | undefined
}

/** What `invoke` takes: what is not given is what zato.yaml declares. */
export interface InvokeOptions<P extends string = string, T = unknown> extends CallOptions<P, T> {
  /** In place of `request_method`. */
  readonly method?: string | undefined
  /** In place of `request_data`; where that is an expression, its input. */
  readonly payload?: unknown
}

/** Whether a connection's path has placeholders that zato-env.d.ts declares; then `params` cannot be left out. */
type NeedsParams<P extends string> = string extends P ? false : [P] extends [never] ? false : true

type WithParams<P extends string, Options> =
  NeedsParams<P> extends true ? Options & { readonly params: Params<P> } : Options

/** What stands after the cid of `get`, `head` and `options`. */
export type CallArguments<P extends string, T> =
  NeedsParams<P> extends true ? [options: WithParams<P, CallOptions<P, T>>] : [options?: CallOptions<P, T>]

/** What stands after the cid of `delete`. */
export type DeleteArguments<P extends string, T> =
  NeedsParams<P> extends true ? [options: WithParams<P, DeleteOptions<P, T>>] : [options?: DeleteOptions<P, T>]

/** What stands after the cid of `post`, `put` and `patch`. */
export type PayloadArguments<P extends string, T> =
  NeedsParams<P> extends true
    ? [payload: unknown, options: WithParams<P, CallOptions<P, T>>]
    : [payload?: unknown, options?: CallOptions<P, T>]

/** What stands after the cid of `request`. */
export type RequestArgument<P extends string, T> = WithParams<P, RequestOptions<P, T>>

/** What stands after the cid of `invoke`. */
export type InvokeArguments<P extends string, T> =
  NeedsParams<P> extends true ? [argument: WithParams<P, InvokeOptions<P, T>>] : [argument?: InvokeOptions<P, T>]

/** What stands after the cid of `upload`. */
export type UploadArguments<P extends string, T> =
  NeedsParams<P> extends true
    ? [file: Uploadable, options: WithParams<P, UploadOptions<P, T>>]
    : [file: Uploadable, options?: UploadOptions<P, T>]
