import { inspect } from 'node:util'
import type { CancelSignal } from '../cancellation.js'
import { ZatoError } from '../errors.js'
import type { Outcome, OutcomeBody } from '../exchange.js'
import type { Logger } from '../log.js'
import { describe } from '../outgoing/plain-object.js'
import { RestResponse } from '../outgoing/response.js'
import { unwritableHint } from '../outgoing/unwritable.js'
import type { Redactor } from '../redact.js'
import { logFailure } from './failure.js'
import { toOutcomeHeaders } from './headers.js'
import { HttpStatus } from './http-status.js'
import { type ResponseHeaders, type ServiceResponse, chosenStatus } from './response.js'
import { toJson } from './serialize.js'
import { asBytes, asStream, bytesOf } from './stream.js'

interface ReplyContext {
  readonly logger: Logger
  readonly redactor: Redactor
  readonly signal: CancelSignal
}

/** What a payload becomes on the wire. */
interface Content {
  readonly body: OutcomeBody
  readonly contentType?: string | undefined
  readonly statusCode?: number | undefined
}

/**
 * What goes back to the channel. It is a snapshot: what a service sets later is not seen.
 *
 * @throws ZatoError ZS303 for a status, header or payload that cannot be sent
 */
export function toOutcome(response: ServiceResponse, payload: unknown, context: ReplyContext): Outcome {
  const content = contentOf(payload, context)
  try {
    return frame(response, content, context)
  } catch (error) {
    discard(content.body)
    throw error
  }
}

function frame(response: ServiceResponse, content: Content, context: ReplyContext): Outcome {
  const statusCode = checkStatus(statusOf(response, content))
  const headers = toOutcomeHeaders(headersOf(response), context)
  if (hasNoBody(statusCode)) {
    if (hasContent(content.body)) {
      context.logger.warn(`The payload is left out: a reply with status ${statusCode} has no body`)
    }
    discard(content.body)
    return { statusCode, headers }
  }
  if (content.contentType !== undefined) headers['content-type'] ??= content.contentType
  return { statusCode, headers, body: content.body }
}

/** The headers that the service has set; `contentType` goes before a header of that name, however it is spelt. */
function headersOf({ headers, contentType }: ServiceResponse): ResponseHeaders {
  if (contentType === undefined) return headers
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type')
  return { ...Object.fromEntries(others), 'Content-Type': contentType }
}

function contentOf(payload: unknown, context: ReplyContext): Content {
  if (payload === undefined) return { body: undefined }
  if (typeof payload === 'string') return { body: payload, contentType: 'text/plain; charset=utf-8' }
  if (typeof payload === 'object' && payload !== null) {
    if (payload instanceof RestResponse) return passOn(payload, context)
    const bytes = asBytes(payload)
    if (bytes) return { body: bytes, contentType: 'application/octet-stream' }
    const stream = asStream(payload)
    if (stream) {
      return { body: told(stream, context), contentType: 'application/octet-stream' }
    }
    refuseMistakes(payload)
  }
  return { body: toJson(payload), contentType: 'application/json' }
}

/** A response of an outgoing connection: status, Content-Type and decoded body, unparsed. */
function passOn(response: RestResponse, context: ReplyContext): Content {
  const { statusCode, headers, isStream } = response
  const body = isStream ? told(response.body, context) : response.raw
  return { body, contentType: headers['content-type'], statusCode }
}

/** The bytes of a stream; if it fails, the log is told. */
function told(stream: ReadableStream<unknown>, context: ReplyContext): ReadableStream<Uint8Array> {
  return bytesOf(stream, (error) => {
    logFailure(error, context)
  })
}

/** Objects that JSON would silently make `{}` of. */
function refuseMistakes(payload: object): void {
  const hint = unwritableHint(payload)
  if (hint !== undefined) throw new ZatoError('ZS303', `The payload is ${describe(payload)}`, { hint })
}

function statusOf(response: ServiceResponse, content: Content): unknown {
  const chosen = response[chosenStatus]
  return chosen === undefined ? (content.statusCode ?? HttpStatus.OK) : chosen
}

function checkStatus(status: unknown): number {
  if (Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599) return status as number
  throw new ZatoError('ZS303', `The status of the response is not an integer from 200 to 599: ${inspect(status)}`)
}

/** RFC 9110: these never have a body. */
function hasNoBody(statusCode: number): boolean {
  return statusCode === 204 || statusCode === 205 || statusCode === 304
}

function hasContent(body: OutcomeBody): boolean {
  return body instanceof ReadableStream || (body?.length ?? 0) > 0
}

/** Tells the source of a stream that nobody will read it. */
function discard(body: OutcomeBody): void {
  if (body instanceof ReadableStream) body.cancel().catch(() => undefined)
}
