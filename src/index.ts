/**
 * What a service imports.
 *
 * @example
 * import { HttpStatus, Service } from 'zato-ts'
 *
 * @module
 */

export { HttpStatus } from './service/http-status.js'
export { Service } from './service/service.js'
export type { PassedPayload, PayloadOf, ServiceConstructor, ServiceOutgoing } from './service/service.js'
export type { HttpRequest, RequestChannel, ServiceRequest, UntypedInput } from './service/request.js'
export type { ResponseHeaders, ServiceResponse } from './service/response.js'
export {
  BadRequest,
  Conflict,
  Forbidden,
  HttpError,
  InternalServerError,
  MalformedBody,
  MethodNotAllowed,
  NotFound,
  ServiceUnavailable,
  TooManyRequests,
  Unauthorized,
} from './service/errors.js'
export type { HttpErrorOptions, InputProblem } from './service/errors.js'
export { InputMismatch, OutputMismatch } from './service/schema.js'

// All of it, so that zato-env.d.ts can add the project's connections to `RestConnections`.
export * from './outgoing/names.js'
export type {
  CallOptions,
  DeleteOptions,
  HeaderValue,
  InvokeOptions,
  ParamValue,
  Params,
  PathValue,
  RequestOptions,
  RestConnection,
  UploadOptions,
} from './outgoing/connection.js'
export { LosslessNumber } from './outgoing/lossless-number.js'
export { RestResponse } from './outgoing/response.js'
export type { ReplyHeaders } from './outgoing/response.js'
export {
  BadCall,
  BadReply,
  CallAborted,
  ConnectionFailed,
  NotConfigured,
  OutgoingError,
  SchemaMismatch,
  TimedOut,
} from './outgoing/errors.js'
export type { FailurePhase, SchemaIssue } from './outgoing/errors.js'

export { ZatoError } from './errors.js'
export type { ErrorCode } from './errors.js'
export type { LogFields, Logger } from './log.js'
