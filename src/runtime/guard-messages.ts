import type { RunFacts, Whereabouts } from './whereabouts.js'

/** What the main process and the guard thread of the process of the services say to each other. */

export type ToGuard =
  /** Stop the services where they are, for good, and tell where that is. */
  | { readonly type: 'where' }
  /** Stop them, too, once they use more memory than this heap explains. In bytes. */
  | { readonly type: 'memory'; readonly heap: number }

export type FromGuard =
  | ({ readonly type: 'where' } & Whereabouts)
  /** What was running while memory grew a good deal. */
  | { readonly type: 'suspect'; readonly run: RunFacts }
  /** They are stopped, because the heap is full or the process as a whole is too large. */
  | { readonly type: 'full'; readonly space: MemorySpace; readonly where: Whereabouts | undefined }

export type MemorySpace = 'heap' | 'process'

/**
 * Memory outside of the heap, such as that of Buffers, is no part of `server.max_memory`. So that it does not grow
 * without end either, the process as a whole may grow to so much.
 */
export function processLimit(heap: number): number {
  return 2 * heap + 256 * 1024 * 1024
}
