import type { IncomingMessage } from 'node:http'
import type { HeaderValues } from './headers.js'
import { Refusal } from './refusal.js'

export const noBytes: Uint8Array = new Uint8Array(0)

/** The caller went away in the middle of its body: there is nobody to answer. */
export const callerGone = Symbol('callerGone')

/** Whether a request has a body, as its headers say. An empty one counts as none. */
export function hasBody(headers: HeaderValues): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/**
 * Says of a request without a body that it has been read. Else Node reads it when it has been answered, to throw away what there is not:
 * seven calls of process.nextTick, a tenth of what a small request costs.
 */
export function endBodiless(request: IncomingMessage): void {
  request.read(0)
}

/** Why the body will not be read, as far as the headers tell. */
export function checkBodyHeaders(headers: HeaderValues, limit: number): Refusal | undefined {
  const transfer = headers['transfer-encoding']
  if (transfer !== undefined && transfer.trim().toLowerCase() !== 'chunked') {
    return new Refusal(501, 'The only transfer coding that is read is "chunked"')
  }
  const coding = headers['content-encoding']
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity') {
    const detail = 'A compressed body is not read: send it without Content-Encoding'
    return new Refusal(415, detail, { headers: ['Accept-Encoding', 'identity'] })
  }
  return Number(headers['content-length'] ?? 0) > limit ? tooLarge(limit) : undefined
}

/** The whole body, once it has arrived. Stops reading at the limit. */
export function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | Refusal | typeof callerGone> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      request.off('data', onData)
      request.pause()
      resolve(tooLarge(limit))
    }
    request.on('data', onData)
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)))
    // After `end` this resolves nothing any more.
    request.once('close', () => resolve(callerGone))
    request.once('error', () => resolve(callerGone))
  })
}

/** How long, and how much, is read and thrown away of a body that is refused. */
const lingerMs = 2000
const lingerBytes = 256 * 1024 * 1024

/**
 * Reads on and throws away, so that the caller, which may still be sending, gets to the reply: a socket closed over unread
 * bytes is reset, and the reply lost with it. Calls `done` at the end of the body, or when it has been enough.
 */
export function discardBody(request: IncomingMessage, done: () => void): void {
  if (request.complete || request.destroyed) {
    done()
    return
  }
  let size = 0
  const finish = () => {
    clearTimeout(timer)
    request.off('data', onData)
    request.off('end', finish)
    request.off('close', finish)
    done()
  }
  const onData = (chunk: Buffer) => {
    size += chunk.length
    if (size > lingerBytes) finish()
  }
  const timer = setTimeout(finish, lingerMs)
  request.on('data', onData)
  request.once('end', finish)
  request.once('close', finish)
  request.resume()
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `The body is over the limit of ${limit} bytes`)
}
