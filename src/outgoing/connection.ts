import type {
  CallArguments,
  DeleteArguments,
  InvokeArguments,
  PayloadArguments,
  RequestArgument,
  UploadArguments,
} from './call-types.js'
import type { Caller } from './caller.js'
import { performDeclared, performWithDeclared } from './declared/perform.js'
import type { Endpoint } from './endpoint.js'
import { type Ping, type PingOptions, ping } from './ping.js'
import { upload } from './upload/upload.js'
import type { RestResponse } from './response.js'

export type {
  CallOptions,
  DeleteOptions,
  HeaderValue,
  InvokeOptions,
  Params,
  ParamValue,
  PathValue,
  RequestOptions,
  UploadOptions,
} from './call-types.js'
export type { PeerCertificate, Ping, PingOptions } from './ping.js'

/**
 * An outgoing connection, as a service uses it. `P` names the placeholders of its path.
 *
 * Each method takes the cid first, and resolves to the response whatever its status. What goes wrong throws an
 * `OutgoingError`: `ConnectionFailed`, `TimedOut`, `BadReply`, `SchemaMismatch`, `CallAborted`, `BadCall`, `NotConfigured`.
 *
 * @example
 * const conn = this.out.rest['Orders API'].conn
 * const response = await conn.get(this.cid, { params: { customer_id: '12345', status: 'pending' } })
 */
export class RestConnection<P extends string = string> {
  readonly #endpoint: Endpoint
  readonly #caller: Caller

  constructor(endpoint: Endpoint, caller: Caller) {
    this.#endpoint = endpoint
    this.#caller = caller
  }

  /** Name of the connection. */
  get name(): string {
    return this.#endpoint.name
  }

  /** Gets what is at the address. */
  get<T = unknown>(cid: string, ...[options]: CallArguments<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'GET', cid, options })
  }

  /** Asks for the head of the reply only. */
  head<T = unknown>(cid: string, ...[options]: CallArguments<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'HEAD', cid, options })
  }

  /** Asks what the address can do. */
  options<T = unknown>(cid: string, ...[options]: CallArguments<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'OPTIONS', cid, options })
  }

  /** Deletes what is at the address; `options.payload` is a body, if the API wants one. */
  delete<T = unknown>(cid: string, ...[options]: DeleteArguments<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'DELETE', cid, options })
  }

  /** Posts a payload, written as the connection's `data_format` says. */
  post<T = unknown>(cid: string, ...[payload, options]: PayloadArguments<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'POST', cid, payload, options })
  }

  /** Puts a payload in the place of what is at the address. */
  put<T = unknown>(cid: string, ...[payload, options]: PayloadArguments<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'PUT', cid, payload, options })
  }

  /** Changes a part of what is at the address. */
  patch<T = unknown>(cid: string, ...[payload, options]: PayloadArguments<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'PATCH', cid, payload, options })
  }

  /**
   * Calls with any method, and with a payload for any but HEAD.
   *
   * @example await conn.request(this.cid, { method: 'PROPFIND', headers: { Depth: 1 } })
   */
  request<T = unknown>(cid: string, call: RequestArgument<P, T>): Promise<RestResponse<T>> {
    return performWithDeclared<T>(this.#endpoint, this.#caller, { method: 'request', cid, options: call })
  }

  /**
   * Posts a file as multipart/form-data (RFC 7578), read while it is sent: a path, bytes, a Blob or a stream. `timeout` bounds
   * each silence. It is never sent twice.
   *
   * @example await conn.upload(this.cid, 'report.pdf', { fieldName: 'report', mimeType: 'application/pdf' })
   */
  upload<T = unknown>(cid: string, ...[file, options]: UploadArguments<P, T>): Promise<RestResponse<T>> {
    return upload<T>(this.#endpoint, this.#caller, { cid, file, options })
  }

  /**
   * Makes the call that zato.yaml declares: `request_method`, `request_data` and the rest. What is given here wins. The data
   * of a 2xx reply is what `response_map` makes of it. With nothing declared it is a GET, or with a payload a POST.
   *
   * @example const { data } = await conn.invoke(this.cid)
   */
  invoke<T = unknown>(cid: string, ...[argument]: InvokeArguments<P, T>): Promise<RestResponse<T>> {
    return performDeclared<T>(this.#endpoint, this.#caller, { cid, argument })
  }

  /**
   * Asks whether the API is there: `ping_method` (HEAD) at `ping_path`, else at `url_path`, filled with `samples` if it has
   * placeholders, else at the root of the host; once, whatever the connection's retries. Where an API serves no HEAD (405,
   * 501), it is asked with GET. Any reply is a good one.
   */
  ping(cid: string, options: PingOptions = {}): Promise<Ping> {
    return ping(this.#endpoint, this.#caller, { cid, options })
  }
}
