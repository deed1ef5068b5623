import type { Duplex } from 'node:stream'
import { type Frame, PacketReader, PacketWriter } from './frames.js'
import { WireReader, WireWriter } from './wire.js'

const empty = new Uint8Array()

interface FrameSocketOptions<In> {
  readonly onFrame: (frame: Frame<In>) => void
  /** Once, whichever side ended it, and for whatever reason. */
  readonly onClose: () => void
}

/** Frames over a stream. What is sent within one turn of the event loop leaves in one write. */
export class FrameSocket<In, Out extends { readonly type: string }> {
  readonly #stream: Duplex
  readonly #packet = new PacketWriter()
  readonly #wire = new WireWriter()
  readonly #flush = () => this.flush()
  #closed = false

  constructor(stream: Duplex, { onFrame, onClose }: FrameSocketOptions<In>) {
    this.#stream = stream
    const wire = new WireReader()
    const reader = new PacketReader(({ head, body }) => onFrame({ head: wire.read(head) as In, body }))
    stream.on('data', (piece: Buffer) => reader.push(piece))
    // A peer that was killed resets the stream; its end is told by 'close' all the same.
    stream.on('error', () => undefined)
    stream.on('end', () => stream.destroy())
    stream.on('close', () => {
      this.#closed = true
      onClose()
    })
  }

  /** Once the socket is closed this does nothing: whoever waits for an answer is told by `onClose`. */
  send(head: Out, body: Uint8Array | string = empty): void {
    if (this.#closed) return
    if (this.#packet.isEmpty) setImmediate(this.#flush)
    this.#packet.add(this.#wire.write(head), body)
    if (this.#packet.isFull) this.flush()
  }

  /** Writes at once what is pending, such as the last words of a process that is about to end. */
  flush(): void {
    if (this.#packet.isEmpty) return
    const pieces = this.#packet.take()
    if (this.#closed) return
    const [first] = pieces
    if (first && pieces.length === 1) this.#stream.write(first)
    else this.#writeEach(pieces)
  }

  /** Ends the stream after what is pending. */
  close(): void {
    this.flush()
    this.#stream.end()
  }

  #writeEach(pieces: readonly (Uint8Array | string)[]): void {
    this.#stream.cork()
    for (const bytes of pieces) this.#stream.write(bytes)
    this.#stream.uncork()
  }
}
