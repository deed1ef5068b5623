import { recordOf } from './headers-record.js'
import { HttpStatus } from './http-status.js'

/** Key of the status that a service has set; undefined while it has set none. */
export const chosenStatus: unique symbol = Symbol('chosenStatus')

/** Headers of a reply; an array sends the header once for each of its values. */
export type ResponseHeaders = Record<string, string | number | readonly string[] | undefined>

/**
 * What a service sees as `this.response`. It is read once, when `handle` is done; setting anything later changes nothing.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the author of a service names it
export class ServiceResponse<Payload = unknown> {
  /**
   * The body of the reply; what `handle` returns is, too. An object, array, number, boolean or null is sent as JSON; a
   * string as `text/plain`; bytes as `application/octet-stream`; a `ReadableStream`, a Node stream or an async iterable of
   * strings and bytes piece by piece; a response of an outgoing connection with its status, its Content-Type and its
   * decoded body, unparsed. Undefined, the default: an empty body.
   */
  payload: Payload | undefined = undefined

  /** Content-Type of the reply, in place of the one that the payload implies. */
  contentType: string | undefined = undefined;

  [chosenStatus]: number | undefined = undefined
  #headers: ResponseHeaders = {}

  /**
   * Further headers. A web `Headers` may be assigned, too.
   *
   * @example this.response.headers['Cache-Control'] = 'no-store'
   */
  get headers(): ResponseHeaders {
    return this.#headers
  }

  set headers(headers: ResponseHeaders | Headers) {
    this.#headers = headers instanceof Headers ? recordOf(headers) : headers
  }

  /**
   * Status of the reply, an integer from 200 to 599. 200 by default, or that of the response of an outgoing connection
   * that is the payload.
   *
   * @example this.response.statusCode = HttpStatus.CREATED
   */
  get statusCode(): number {
    return this[chosenStatus] ?? HttpStatus.OK
  }

  set statusCode(status: number) {
    this[chosenStatus] = status
  }
}
