import type { FailurePhase } from './errors.js'
import type { Progress } from './progress.js'

/** Why an attempt failed. */
export type FailureReason =
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted'; readonly cause: unknown }
  | { readonly kind: 'too-large'; readonly limit: number }
  /** The reply asks for something that is not done; `problem` completes `… failed: …`. */
  | { readonly kind: 'unusable'; readonly problem: string }
  | { readonly kind: 'bad-coding'; readonly coding: string; readonly error: Error }
  /** Whatever undici or Node said. */
  | { readonly kind: 'error'; readonly error: Error }

export interface Failure {
  readonly reason: FailureReason
  readonly phase: FailurePhase
  /** The socket had served before, and its peer closed it before a byte of the reply came: another may well work. */
  readonly isStale: boolean
  readonly isReused: boolean
  readonly progress: Progress
}
