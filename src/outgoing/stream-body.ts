import { type BodyOwner, type BodySink, type BodySource, SizeGuard } from './body-sink.js'

/** Bytes that wait for the reader before the API is asked to wait. */
const waiting = 64 * 1024

export interface StreamOwner extends BodyOwner {
  /** The reader has taken something: it is not silent. */
  touch(): void
  /** The reader wants no more. */
  cancel(size: number): void
}

/** Hands the body on as a web stream, no faster than it is read. */
export class StreamBody implements BodySink {
  source: BodySource | undefined
  readonly stream: ReadableStream<Uint8Array>
  readonly #owner: StreamOwner
  readonly #guard: SizeGuard
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(limit: number, owner: StreamOwner) {
    this.#owner = owner
    this.#guard = new SizeGuard(limit, owner)
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          owner.touch()
          this.source?.resume()
        },
        cancel: () => {
          this.#controller = undefined
          owner.cancel(this.size)
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: waiting }),
    )
  }

  /** Bytes that have come. */
  get size(): number {
    return this.#guard.size
  }

  write(piece: Uint8Array): boolean {
    if (!this.#guard.admits(piece)) return false
    this.#controller?.enqueue(piece)
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  end(): void {
    this.#controller?.close()
    this.#controller = undefined
    this.#owner.finish(undefined, this.size)
  }

  destroy(): void {
    this.#controller = undefined
  }

  /** Ends the stream with an error for whoever reads it. */
  fail(error: Error): void {
    this.#controller?.error(error)
    this.#controller = undefined
  }
}
