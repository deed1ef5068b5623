/**
 * How messages cross between the main process and that of the services: `[u32 head length][u32 body length][head, JSON]
 * [body, raw bytes]`, lengths big-endian.
 */

export interface Frame<Head> {
  readonly head: Head
  readonly body: Uint8Array
}

const prefixLength = 8
const none = Buffer.alloc(0)

/** The bytes of one frame, without those of its body, which follow as they are. */
export function encodeFrameHead(head: unknown, bodyLength: number): Buffer {
  const json = JSON.stringify(head)
  const length = Buffer.byteLength(json)
  const bytes = Buffer.allocUnsafe(prefixLength + length)
  bytes.writeUInt32BE(length, 0)
  bytes.writeUInt32BE(bodyLength, 4)
  bytes.write(json, prefixLength)
  return bytes
}

/** Puts frames together from whatever pieces a socket delivers. A body is a view of the piece that brought it. */
export class FrameDecoder<Head> {
  readonly #onFrame: (frame: Frame<Head>) => void
  #pieces: Buffer[] = []
  #length = 0
  /** Bytes that must be there before it is worth looking again. */
  #needed = prefixLength

  constructor(onFrame: (frame: Frame<Head>) => void) {
    this.#onFrame = onFrame
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#length += piece.length
    if (this.#length < this.#needed) return
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#length)
    this.#keep(bytes.subarray(this.#decode(bytes)))
  }

  /** Emits every whole frame and gives where the rest begins. */
  #decode(bytes: Buffer): number {
    let start = 0
    for (;;) {
      this.#needed = prefixLength
      if (bytes.length - start < prefixLength) return start
      const headEnd = start + prefixLength + bytes.readUInt32BE(start)
      const end = headEnd + bytes.readUInt32BE(start + 4)
      this.#needed = end - start
      if (bytes.length < end) return start
      const head = JSON.parse(bytes.toString('utf8', start + prefixLength, headEnd)) as Head
      this.#onFrame({ head, body: end === headEnd ? none : bytes.subarray(headEnd, end) })
      start = end
    }
  }

  #keep(rest: Buffer): void {
    this.#pieces = rest.length > 0 ? [rest] : []
    this.#length = rest.length
  }
}
