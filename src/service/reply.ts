import { ZatoError } from '../errors.js'
import type { Outcome, OutcomeBody } from '../exchange.js'
import type { Logger } from '../log.js'
import { RestResponse } from '../outgoing/response.js'
import { logFailure } from './failure.js'
import { toOutcomeHeaders } from './headers.js'
import { HttpStatus } from './http-status.js'
import { type ServiceResponse, chosenStatus } from './response.js'
import { toJson } from './serialize.js'
import { asBytes, asStream, bytesOf } from './stream.js'

interface ReplyContext {
  readonly logger: Logger
  readonly signal: AbortSignal
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
  const headers = toOutcomeHeaders(response.headers, context)
  const content = contentOf(payload, context)
  const statusCode = checkStatus(statusOf(response, content))
  if (hasNoBody(statusCode)) {
    if (content.body !== undefined) dropBody(content.body, statusCode, context)
    return { statusCode, headers }
  }
  const contentType = response.contentType ?? headers['content-type'] ?? content.contentType
  if (contentType !== undefined) {
    if (response.contentType !== undefined)
      Object.assign(headers, toOutcomeHeaders({ 'content-type': contentType }, context))
    else headers['content-type'] = contentType
  }
  return { statusCode, headers, body: content.body }
}

function contentOf(payload: unknown, context: ReplyContext): Content {
  if (payload === undefined) return { body: undefined }
  if (typeof payload === 'string') return { body: Buffer.from(payload), contentType: 'text/plain; charset=utf-8' }
  if (typeof payload === 'object' && payload !== null) {
    if (payload instanceof RestResponse) return passOn(payload, context)
    const bytes = asBytes(payload)
    if (bytes) return { body: bytes, contentType: 'application/octet-stream' }
    const stream = asStream(payload)
    if (stream) {
      return { body: bytesOf(stream, (error) => logFailure(error, context)), contentType: 'application/octet-stream' }
    }
    refuseMistakes(payload)
  }
  return { body: Buffer.from(toJson(payload)), contentType: 'application/json' }
}

/** A response of an outgoing connection: status, Content-Type and decoded body, unparsed. */
function passOn(response: RestResponse, context: ReplyContext): Content {
  const { statusCode, headers, isStream } = response
  const body = isStream ? bytesOf(response.body, (error) => logFailure(error, context)) : response.raw
  return { body, contentType: headers['content-type'], statusCode }
}

/** Objects that JSON would silently make `{}` of. */
function refuseMistakes(payload: object): void {
  const tag = Object.prototype.toString.call(payload)
  if (tag === '[object Response]' || tag === '[object Blob]' || tag === '[object FormData]') {
    throw new ZatoError('ZS303', `The payload is a web ${tag.slice(8, -1)}`, {
      hint: 'give what it holds: a string, bytes, an object, or its stream',
    })
  }
}

function statusOf(response: ServiceResponse, content: Content): unknown {
  const chosen = response[chosenStatus]
  return chosen === undefined ? (content.statusCode ?? HttpStatus.OK) : chosen
}

function checkStatus(status: unknown): number {
  if (Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599) return status as number
  throw new ZatoError(
    'ZS303',
    `The status of the response is not an integer from 200 to 599: ${JSON.stringify(status) ?? String(status)}`,
  )
}

/** RFC 9110: these never have a body. */
function hasNoBody(statusCode: number): boolean {
  return statusCode === 204 || statusCode === 205 || statusCode === 304
}

function dropBody(body: NonNullable<OutcomeBody>, statusCode: number, { logger }: ReplyContext): void {
  if (body instanceof Uint8Array) {
    if (body.length === 0) return
  } else {
    body.cancel().catch(() => undefined)
  }
  logger.warn(`The payload is left out: a reply with status ${statusCode} has no body`)
}
