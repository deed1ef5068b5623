import type { ServerResponse } from 'node:http'
import { flushHead } from './reply-head.js'

/** How long the head of a reply waits for the first piece of its body, in case making it fails at once. */
const firstPieceMs = 25

export interface StreamReply {
  readonly response: ServerResponse
  /** The caller went away, or the request's time is up. */
  readonly signal: AbortSignal
  readonly writeHead: () => void
  readonly onSent: (bytes: number) => void
}

/**
 * Sends a stream as fast as the caller takes it. When the caller goes away the stream is cancelled. Rejects with whatever
 * the stream fails with, which has been cancelled then; the head is written by then unless it failed at once.
 */
export async function sendStream(stream: ReadableStream<Uint8Array>, reply: StreamReply): Promise<void> {
  const { signal, response } = reply
  const reader = stream.getReader()
  const cancel = () => void reader.cancel(signal.reason).catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    const first = reader.read()
    await settledWithin(first, firstPieceMs)
    if (!signal.aborted) reply.writeHead()
    flushHead(response)
    for (let piece = await first; !piece.done && !signal.aborted; piece = await reader.read()) {
      await sendPiece(piece.value, reply)
    }
    if (!signal.aborted) response.end()
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** How long a caller may take for what has been written before its reply broke off. */
const lastBytesMs = 2000

/** Ends the connection in the middle of a body, so that the caller cannot take what it has for all of it. */
export function breakOff({ req: { socket }, chunkedEncoding }: ServerResponse): void {
  if (!chunkedEncoding) {
    // Only the end of the connection ends this body, so it must not be a clean one.
    socket.resetAndDestroy()
    return
  }
  socket.destroySoon()
  setTimeout(() => socket.destroy(), lastBytesMs).unref()
}

async function sendPiece(piece: unknown, { response, signal, onSent }: StreamReply): Promise<void> {
  if (!(piece instanceof Uint8Array)) throw new TypeError('A piece of a streamed body is not bytes')
  if (piece.length === 0) return
  onSent(piece.length)
  if (!response.write(piece)) await drained(response, signal)
}

/** @throws if it failed within that time */
async function settledWithin(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves once the caller has taken what was written, or is gone. */
function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    response.on('drain', done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
