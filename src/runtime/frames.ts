/**
 * How messages cross between the main process and that of the services. What is sent within one turn of the event loop makes
 * one packet: `[u32 length of the heads][u32 length of the bodies][heads][bodies]`, lengths big-endian. The heads are one JSON
 * text, `[head, length of its body, head, …]`: to write and to read it once takes half as long as once for each message.
 */

export interface Frame<Head> {
  readonly head: Head
  readonly body: Buffer
}

const prefixLength = 8
const none = Buffer.alloc(0)

/** Up to this many bytes, copying bodies into one buffer is cheaper than a vectored write; a longer text has no buffer made of it. */
const copyLimit = 64 * 1024

/** So many messages at once: with fewer, writing costs more than it gains. */
const enough = 12

/** Collects messages until they are sent. */
export class PacketWriter {
  #heads = ''
  #bodies: (Uint8Array | string)[] = []
  #bodiesLength = 0
  #count = 0

  get isEmpty(): boolean {
    return this.#heads === ''
  }

  /** Whether there is so much in it that waiting for more saves nothing, or leaves the other process without work. */
  get isFull(): boolean {
    return this.#count >= enough || this.#bodiesLength > copyLimit
  }

  /** The head is written as it is now; the body as it is when the packet is sent, a string as UTF-8. */
  add(head: unknown, body: Uint8Array | string): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    const frame = `${JSON.stringify(head)},${length}`
    this.#heads = this.#heads === '' ? frame : `${this.#heads},${frame}`
    this.#count += 1
    if (length === 0) return
    this.#bodies.push(body)
    this.#bodiesLength += length
  }

  /** The packet, in pieces to be written one after the other, strings as UTF-8. What is added from now on makes the next one. */
  take(): readonly (Uint8Array | string)[] {
    const heads = `[${this.#heads}]`
    const bodies = this.#bodies
    const bodiesLength = this.#bodiesLength
    const headsEnd = prefixLength + Buffer.byteLength(heads)
    const isJoined = bodiesLength <= copyLimit
    this.#heads = ''
    this.#count = 0
    this.#bodies = []
    this.#bodiesLength = 0
    const bytes = Buffer.allocUnsafe(isJoined ? headsEnd + bodiesLength : headsEnd)
    bytes.writeUInt32BE(headsEnd - prefixLength, 0)
    bytes.writeUInt32BE(bodiesLength, 4)
    bytes.write(heads, prefixLength)
    if (!isJoined) return [bytes, ...bodies]
    copyEach(bodies, bytes, headsEnd)
    return [bytes]
  }
}

function copyEach(pieces: readonly (Uint8Array | string)[], target: Buffer, start: number): void {
  let at = start
  for (const piece of pieces) {
    if (typeof piece === 'string') at += target.write(piece, at)
    else {
      target.set(piece, at)
      at += piece.length
    }
  }
}

/** Takes packets apart, from whatever pieces a socket delivers. A body is a view of the piece that brought it. */
export class PacketReader<Head> {
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
    this.#keep(bytes.subarray(this.#readPackets(bytes)))
  }

  /** Emits the frames of every whole packet and gives where the rest begins. */
  #readPackets(bytes: Buffer): number {
    let start = 0
    for (;;) {
      this.#needed = prefixLength
      if (bytes.length - start < prefixLength) return start
      const headsEnd = start + prefixLength + bytes.readUInt32BE(start)
      const end = headsEnd + bytes.readUInt32BE(start + 4)
      this.#needed = end - start
      if (bytes.length < end) return start
      this.#emit(JSON.parse(bytes.toString('utf8', start + prefixLength, headsEnd)) as unknown[], bytes, headsEnd)
      start = end
    }
  }

  /** @param heads each followed by the length of its body */
  #emit(heads: readonly unknown[], bytes: Buffer, bodiesStart: number): void {
    let start = bodiesStart
    for (let index = 0; index < heads.length; index += 2) {
      const end = start + (heads[index + 1] as number)
      this.#onFrame({ head: heads[index] as Head, body: end === start ? none : bytes.subarray(start, end) })
      start = end
    }
  }

  #keep(rest: Buffer): void {
    this.#pieces = rest.length > 0 ? [rest] : []
    this.#length = rest.length
  }
}
