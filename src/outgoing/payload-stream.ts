import { Readable } from 'node:stream'
import { Mistake } from './mistake.js'
import { describe } from './plain-object.js'

type Piece = string | Uint8Array

interface NodeStream extends AsyncIterable<unknown> {
  destroy(error?: Error): unknown
}

type ByteStream = ReadableStream | NodeStream | AsyncIterable<unknown>

/** Whether a payload gives its bytes piece by piece: a web or Node stream, or any other async iterable. */
export function isByteStream(payload: unknown): payload is ByteStream {
  return typeof payload === 'object' && payload !== null && Symbol.asyncIterator in payload
}

/**
 * A streamed payload. undici reads it piece by piece; `cancel` lets go of the source when the call is over before the
 * stream is, even while the source is silent.
 */
export class PayloadStream implements AsyncIterable<Piece> {
  /** Is told of each piece that is asked for and comes. */
  onPiece: (() => void) | undefined
  readonly #source: ByteStream
  #reader: ReadableStreamDefaultReader | undefined

  /** @throws Mistake for a stream that somebody has read, or reads: what is left of it, if anything, is not the payload */
  constructor(source: ByteStream) {
    if (isReadAlready(source)) {
      throw new Mistake('ZN402', 'the stream that is its payload has been read already', {
        hint: 'make a new one for each call, or keep its bytes',
      })
    }
    this.#source = source
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Piece> {
    try {
      for await (const piece of this.#pieces()) {
        this.onPiece?.()
        yield checkPiece(piece)
      }
    } catch (cause) {
      if (cause instanceof Mistake) throw cause
      throw new Mistake('ZN402', 'the stream that is its payload failed', { cause })
    }
  }

  /** Ends the source. */
  cancel(): void {
    if (this.#reader) void this.#reader.cancel().catch(() => undefined)
    else if ('destroy' in this.#source) this.#source.destroy()
    else if ('cancel' in this.#source && !this.#source.locked) void this.#source.cancel().catch(() => undefined)
  }

  async *#pieces(): AsyncGenerator {
    if (!('getReader' in this.#source)) {
      yield* this.#source
      return
    }
    this.#reader = this.#source.getReader()
    for (;;) {
      const read: { readonly done: boolean; readonly value?: unknown } = await this.#reader.read()
      if (read.done) return
      yield read.value
    }
  }
}

function isReadAlready(source: ByteStream): boolean {
  if (source instanceof Readable || source instanceof ReadableStream) {
    // It takes web streams too; its types do not say so.
    return Readable.isDisturbed(source as Readable) || ('locked' in source && source.locked)
  }
  return false
}

function checkPiece(piece: unknown): Piece {
  if (typeof piece === 'string' || piece instanceof Uint8Array) return piece
  throw new Mistake('ZN402', `the stream that is its payload gave ${describe(piece)}`, {
    hint: 'give strings or bytes',
  })
}
