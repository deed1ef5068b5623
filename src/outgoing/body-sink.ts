import type { FailureReason } from './failure-reason.js'

/** What bytes of a reply flow through, one after the other: the codings of the reply, then what collects or streams them. */
export interface BodySink {
  /** Who to tell that there is room again. */
  source: BodySource | undefined
  /** Takes a piece. False asks the source to wait for `resume`. */
  write(piece: Uint8Array): boolean
  end(): void
  /** Lets go of everything; nothing follows. */
  destroy(): void
}

export interface BodySource {
  resume(): void
}

/** The attempt that the body belongs to. */
export interface BodyOwner {
  /** The body is complete; the argument is what was collected of it. */
  finish(body: Uint8Array | undefined, size: number): void
  fail(reason: FailureReason): void
}

/** Refuses more than a limit at one stage of the flow. A bomb is stopped where it begins to grow. */
export class SizeGuard {
  readonly #limit: number
  readonly #owner: BodyOwner
  #size = 0

  constructor(limit: number, owner: BodyOwner) {
    this.#limit = limit
    this.#owner = owner
  }

  get size(): number {
    return this.#size
  }

  /** Counts a piece; false if it is one too many, and the attempt has failed. */
  admits(piece: Uint8Array): boolean {
    this.#size += piece.length
    if (this.#size <= this.#limit) return true
    this.#owner.fail({ kind: 'too-large', limit: this.#limit })
    return false
  }
}

const nothing = new Uint8Array(0)

/** Keeps the body until it is complete. */
export class Collector implements BodySink {
  source: BodySource | undefined
  readonly #owner: BodyOwner
  readonly #guard: SizeGuard
  #pieces: Uint8Array[] = []

  constructor(limit: number, owner: BodyOwner) {
    this.#owner = owner
    this.#guard = new SizeGuard(limit, owner)
  }

  write(piece: Uint8Array): boolean {
    if (!this.#guard.admits(piece)) return false
    this.#pieces.push(piece)
    return true
  }

  end(): void {
    const [first = nothing] = this.#pieces
    const { size } = this.#guard
    this.#owner.finish(this.#pieces.length > 1 ? Buffer.concat(this.#pieces, size) : first, size)
  }

  destroy(): void {
    this.#pieces = []
  }
}
