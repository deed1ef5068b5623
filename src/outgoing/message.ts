import type { CancelSignal } from '../cancellation.js'
import type { OutgoingError } from './errors.js'
import type { Failure } from './failure-reason.js'
import type { PayloadStream } from './payload-stream.js'
import type { Progress } from './progress.js'
import type { ReplyHead } from './reply-headers.js'

/** What goes out, and what comes back. */

/** A request, ready to be sent. */
export interface Outbound {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: Uint8Array | PayloadStream | undefined
}

export interface SendOptions {
  /** From now to the last byte of the reply; with `stream` to its head, and then each silence. */
  readonly timeoutMs: number
  /** Each of them aborts it. */
  readonly signals: readonly CancelSignal[]
  /** Bytes of the body, coded and decoded. */
  readonly maxSize: number
  /** Makes the body a stream, which fails with what `explain` makes of a failure. */
  readonly stream: boolean
  /** Makes `timeoutMs` the limit of each silence, of either side. */
  readonly isUpload?: boolean
  explain(failure: Failure): OutgoingError
}

/** What came back. */
export interface Reply {
  readonly statusCode: number
  readonly head: ReplyHead
  readonly body: Uint8Array | ReadableStream<Uint8Array>
  /** Settles with the last byte: the size of the body, decoded, and when what happened. Never rejects. */
  readonly ended: Ending | Promise<Ending>
}

export interface Ending {
  readonly size: number
  readonly progress: Progress
  /** Only of a stream: why it broke off. */
  readonly error?: OutgoingError
}
