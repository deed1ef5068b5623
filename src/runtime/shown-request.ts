import type { RequestEvent } from '../channel/listener.js'
import type { Redactor } from '../redact.js'
import type { ServerEvent } from './events.js'

/** What is told of a finished request, without secrets. Field by field, because a copy of the whole costs each request more. */
export function shownRequest(
  { cid, method, path, channel, service, statusCode, elapsedMs, size, aborted }: RequestEvent,
  redactor: Redactor,
): ServerEvent {
  return {
    type: 'request',
    cid,
    method,
    path: redactor.url(path),
    channel,
    service,
    statusCode,
    elapsedMs,
    size,
    aborted,
  }
}
