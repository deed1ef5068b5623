import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { ZatoError } from '../errors.js'

/** The web stream that a payload is or can be made into: of a stream, a Node stream, an async iterable. */
export function asStream(payload: object): ReadableStream<unknown> | undefined {
  if (payload instanceof ReadableStream) {
    if (!payload.locked) return payload
    throw new ZatoError('ZS303', 'The payload is a stream that something else is reading')
  }
  if (payload instanceof Readable) return Readable.toWeb(payload)
  return Symbol.asyncIterator in payload ? ReadableStream.from(payload as AsyncIterable<unknown>) : undefined
}

/**
 * The bytes of a stream whose chunks are strings or bytes. Nothing is read before it is asked for; a failure is told to
 * `onFailure` and fails the result.
 */
export function bytesOf(
  stream: ReadableStream<unknown>,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) controller.close()
          else controller.enqueue(toBytes(value))
        } catch (error) {
          onFailure(error)
          controller.error(error)
          // Whoever makes the chunks need not go on; that it may fail again is no news.
          reader.cancel(error).catch(() => undefined)
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** A view of bytes in any of their shapes; undefined if the value is none. */
export function asBytes(value: object): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
}

function toBytes(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  const bytes = typeof chunk === 'object' && chunk !== null ? asBytes(chunk) : undefined
  if (bytes) return bytes
  throw new ZatoError('ZS303', `A stream sends strings and bytes: got a chunk of type ${typeof chunk}`)
}
