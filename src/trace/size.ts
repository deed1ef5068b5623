import type { BodyRecord, ErrorRecord, MessageRecord, Span } from './record.js'

/** About what an object takes that has a few short fields. */
const objectBytes = 300
const pairBytes = 48

/** About what a span takes in memory, in bytes: enough to bound the memory of many. */
export function sizeOfSpan({ request, response, error, log, source, call }: Span): number {
  let size = objectBytes
  if (request) size += sizeOfMessage(request)
  if (response) size += sizeOfMessage(response)
  if (error) size += sizeOfError(error)
  if (log) size += log.message.length + (log.details?.length ?? 0)
  if (source) size += objectBytes + (source.frame?.length ?? 0)
  if (call) size += objectBytes + call.url.length
  return size
}

function sizeOfMessage({ headers, body }: MessageRecord): number {
  let size = pairBytes
  for (const [name, value] of headers) size += pairBytes + name.length + value.length
  return size + sizeOfBody(body)
}

function sizeOfBody(body: BodyRecord | undefined): number {
  return (body?.text?.length ?? 0) + (body?.base64?.length ?? 0)
}

function sizeOfError({ message, stack, source, cause }: ErrorRecord): number {
  const own = objectBytes + message.length + (stack?.length ?? 0) + (source?.frame?.length ?? 0)
  return cause ? own + sizeOfError(cause) : own
}
