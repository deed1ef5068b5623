interface RemoteStreamOptions {
  /** So many bytes were read: the sender may send as many more. */
  readonly onRead: (bytes: number) => void
  /** The reader lost interest. */
  readonly onCancel: () => void
}

/** A body that arrives from another process piece by piece, at the pace of its reader. */
export class RemoteStream {
  readonly readable: ReadableStream<Uint8Array>
  readonly #onRead: (bytes: number) => void
  readonly #pieces: Uint8Array[] = []
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #ended = false
  /** Broken, or the reader lost interest: nothing more may be given to it. */
  #over = false
  /** The reader waits for a piece. */
  #wanted: (() => void) | undefined

  constructor({ onRead, onCancel }: RemoteStreamOptions) {
    this.#onRead = onRead
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#over = true
          onCancel()
        },
      },
      { highWaterMark: 0 },
    )
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  fail(error: Error): void {
    if (!this.#over) this.#controller?.error(error)
    this.#over = true
    this.#wake()
  }

  async #pull(): Promise<void> {
    if (this.#pieces.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wanted = resolve))
    if (this.#over) return
    const piece = this.#pieces.shift()
    if (piece) {
      this.#controller?.enqueue(piece)
      this.#onRead(piece.length)
    } else if (this.#ended) {
      this.#controller?.close()
    }
  }

  #wake(): void {
    this.#wanted?.()
    this.#wanted = undefined
  }
}
