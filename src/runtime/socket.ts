import type { Duplex } from 'node:stream'
import { type Frame, FrameDecoder, encodeFrameHead } from './frames.js'

const empty = new Uint8Array()

/** Below this many bytes, copying what one tick wrote into one buffer is cheaper than a vectored write. */
const copyLimit = 64 * 1024

interface FrameSocketOptions<In> {
  readonly onFrame: (frame: Frame<In>) => void
  /** Once, whichever side ended it, and for whatever reason. */
  readonly onClose: () => void
}

/** Frames over a stream. What is sent within one turn of the event loop leaves in one write. */
export class FrameSocket<In, Out> {
  readonly #stream: Duplex
  #pending: Uint8Array[] = []
  #pendingLength = 0
  #closed = false

  constructor(stream: Duplex, { onFrame, onClose }: FrameSocketOptions<In>) {
    this.#stream = stream
    const decoder = new FrameDecoder<In>(onFrame)
    stream.on('data', (piece: Buffer) => decoder.push(piece))
    // A peer that was killed resets the stream; its end is told by 'close' all the same.
    stream.on('error', () => undefined)
    stream.on('end', () => stream.destroy())
    stream.on('close', () => {
      this.#closed = true
      onClose()
    })
  }

  /** Once the socket is closed this does nothing: whoever waits for an answer is told by `onClose`. */
  send(head: Out, body: Uint8Array = empty): void {
    if (this.#closed) return
    if (this.#pending.length === 0) setImmediate(() => this.flush())
    const bytes = encodeFrameHead(head, body.length)
    this.#pending.push(bytes)
    if (body.length > 0) this.#pending.push(body)
    this.#pendingLength += bytes.length + body.length
  }

  /** Writes at once what is pending, such as the last words of a process that is about to end. */
  flush(): void {
    const pending = this.#pending
    const length = this.#pendingLength
    this.#pending = []
    this.#pendingLength = 0
    if (pending.length === 0 || this.#closed) return
    if (length <= copyLimit) this.#stream.write(Buffer.concat(pending, length))
    else this.#writeEach(pending)
  }

  /** Ends the stream after what is pending. */
  close(): void {
    this.flush()
    this.#stream.end()
  }

  #writeEach(pending: readonly Uint8Array[]): void {
    this.#stream.cork()
    for (const bytes of pending) this.#stream.write(bytes)
    this.#stream.uncork()
  }
}
