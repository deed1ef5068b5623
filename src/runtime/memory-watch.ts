import { type MemorySpace, processLimit } from './guard-messages.js'
import type { MainThread } from './main-thread.js'
import type { RunFacts, Whereabouts } from './whereabouts.js'
import { valueWithin } from './within.js'

interface MemoryWatchOptions {
  readonly thread: MainThread
  /** Bytes that the heap may have. */
  readonly heap: number
  /** Bytes that the process has now. */
  readonly resident: () => number
  /** What was running while memory grew a good deal. */
  readonly onSuspect: (run: RunFacts) => void
  readonly onFull: (space: MemorySpace, where: Whereabouts | undefined) => void
}

const stopMs = 300
const longestTickMs = 100
/** How fast a heap can fill up. */
const bytesPerMs = 1024 * 1024

/**
 * Watches what this process takes, and stops its main thread when that is too much. V8 by itself would end the process
 * without saying where, so when the heap may be filling up a debugger takes over: it costs speed, but is told in time,
 * most of the time.
 */
export function watchMemory(options: MemoryWatchOptions): void {
  const { thread, heap, resident, onSuspect, onFull } = options
  // A quarter of the heap at a time, so that there is time left for the debugger.
  const tickMs = Math.min(heap / (4 * bytesPerMs), longestTickMs)
  let least = resident()
  let seenAt = least
  const look = async (): Promise<void> => {
    const now = resident()
    least = Math.min(least, now)
    const grown = now - least
    if (now > processLimit(heap)) {
      onFull('process', await valueWithin(stopMs, thread.stop()))
      return
    }
    if (grown > heap / 2) thread.watchHeap((where) => onFull('heap', where))
    else if (grown < heap / 4) thread.unwatchHeap()
    if (grown > heap / 4 && now - seenAt > heap / 16) thread.glance((run) => run && onSuspect(run))
    seenAt = grown > heap / 4 ? Math.max(seenAt, now) : now
    setTimeout(() => void look(), grown > heap / 4 ? tickMs / 4 : tickMs)
  }
  void look()
}
