import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** How long the head of a reply waits for the first piece of its body, in case making it fails at once. */
const firstPieceMs = 25

export interface StreamReply {
  readonly response: ServerResponse
  /** The caller went away, or the request's time is up. */
  readonly signal: AbortSignal
  writeHead(): void
}

/**
 * Sends a stream as fast as the caller takes it; resolves to the number of bytes once all of it is handed over. When the
 * caller goes away the stream is cancelled.
 *
 * @throws whatever the stream failed with; the head has been written unless it failed at once
 */
export async function sendStream(stream: ReadableStream<Uint8Array>, reply: StreamReply): Promise<number> {
  const { response, signal } = reply
  const reader = stream.getReader()
  const cancel = () => void reader.cancel(signal.reason).catch(() => undefined)
  if (signal.aborted) {
    cancel()
    return 0
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const first = reader.read()
    await settledWithin(first, firstPieceMs)
    let size = 0
    if (!signal.aborted) reply.writeHead()
    response.flushHeaders()
    for (let piece = await first; !piece.done && !signal.aborted; piece = await reader.read()) {
      if (!((piece.value as unknown) instanceof Uint8Array)) throw new TypeError('A piece of a streamed body is not bytes')
      size += piece.value.length
      if (piece.value.length > 0 && !response.write(piece.value)) await drained(response, signal)
    }
    if (!signal.aborted) response.end()
    return size
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
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

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
