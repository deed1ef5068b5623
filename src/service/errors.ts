import { ZatoError } from '../errors.js'
import { recordOf } from './headers-record.js'

/**
 * What a service throws to answer with another status than 500. Recognised by brand, because a service may bring a copy
 * of its own.
 */

const httpErrorBrand: unique symbol = Symbol.for('zato-ts.http-error')

/** One thing that is wrong with what a caller sent. */
export interface InputProblem {
  /** Where, as a JSON pointer: `/order/lines/0/sku`; empty for the input as a whole. */
  readonly path: string
  /** What is wrong there. */
  readonly message: string
}

export interface HttpErrorOptions extends ErrorOptions {
  /** Headers of the reply, such as `Retry-After` or `WWW-Authenticate`. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | Headers | undefined
  /** Problems of the input, one entry each; they become the `errors` of the problem document. */
  readonly errors?: readonly InputProblem[] | undefined
}

/**
 * Ends the invocation with a status of the service's choice. The caller gets an `application/problem+json` document whose
 * `detail` is the message; `cause` goes to the log alone.
 *
 * @throws RangeError if `status` is not an integer from 400 to 599
 * @example throw new HttpError(HttpStatus.GONE, 'The order was deleted')
 */
export class HttpError extends ZatoError {
  readonly [httpErrorBrand] = true
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly errors: readonly InputProblem[]
  readonly #status: number

  constructor(status: number, message = '', { headers = {}, errors = [], ...options }: HttpErrorOptions = {}) {
    super('ZHxxx', message, options)
    if (!isErrorStatus(status)) {
      throw new RangeError(`The status of an HttpError is an integer from 400 to 599: got ${String(status)}`)
    }
    this.#status = status
    this.headers = headers instanceof Headers ? recordOf(headers) : headers
    this.errors = errors
  }

  /** Status of the reply. */
  override get status(): number {
    return this.#status
  }

  override get exitCode(): number {
    return this.status < 500 ? 4 : 5
  }
}

/** 400: the caller sent something that makes no sense. */
export class BadRequest extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(400, message, options)
  }
}

/** 401: the caller must say who it is. Pass the challenge as `headers: { 'WWW-Authenticate': … }`. */
export class Unauthorized extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(401, message, options)
  }
}

/** 403: the caller is known and may not do this. */
export class Forbidden extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(403, message, options)
  }
}

/**
 * 404: what was asked for does not exist.
 *
 * @example throw new NotFound(`There is no order "${id}"`)
 */
export class NotFound extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(404, message, options)
  }
}

/** 405: the resource does not serve this method. Pass those it serves as `headers: { Allow: 'GET, PUT' }`. */
export class MethodNotAllowed extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(405, message, options)
  }
}

/** 409: the request contradicts the state of the resource. */
export class Conflict extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(409, message, options)
  }
}

/** 429: the caller asks too often. Pass when to come back as `headers: { 'Retry-After': '30' }` (seconds, or a date). */
export class TooManyRequests extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(429, message, options)
  }
}

/** 500: with a message that the caller may read, unlike that of any other exception. */
export class InternalServerError extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(500, message, options)
  }
}

/** 503: try again later. Pass when as `headers: { 'Retry-After': '30' }` (seconds, or a date). */
export class ServiceUnavailable extends HttpError {
  constructor(message?: string, options?: HttpErrorOptions) {
    super(503, message, options)
  }
}

/** What is read of an HttpError, whichever copy of zato-ts made it. */
export type HttpErrorLike = Pick<HttpError, 'status' | 'message' | 'headers' | 'errors' | 'cause'>

/** Whether a thrown value is an HttpError. May run code of the value's own, if it is a proxy or has getters. */
export function isHttpError(thrown: unknown): thrown is HttpErrorLike {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    httpErrorBrand in thrown &&
    isErrorStatus((thrown as { status?: unknown }).status)
  )
}

function isErrorStatus(status: unknown): boolean {
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599
}

/** The body of the request is not what the channel's `data_format` says. */
export class MalformedBody extends ZatoError {
  constructor(message: string, options?: ErrorOptions) {
    super('ZH400', message, options)
  }
}
