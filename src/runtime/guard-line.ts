import type { Duplex } from 'node:stream'
import { Deferred } from './deferred.js'
import type { FromGuard, MemorySpace, ToGuard } from './guard-messages.js'
import { FrameSocket } from './socket.js'
import type { RunFacts, Whereabouts } from './whereabouts.js'
import { valueWithin } from './within.js'

/** How long it may take to find out where the services are. */
const lookMs = 800

/** The guard thread of a process of services, as the main process sees it. While the line is open, that process lives. */
export class GuardLine {
  readonly #socket: FrameSocket<FromGuard, ToGuard>
  readonly #where = new Deferred<Whereabouts>()
  #suspect: RunFacts | undefined

  constructor(line: Duplex, onFull: (space: MemorySpace, where: Whereabouts | undefined) => void) {
    this.#socket = new FrameSocket<FromGuard, ToGuard>(line, {
      onFrame: ({ head }) => {
        if (head.type === 'where') this.#where.resolve(head)
        else if (head.type === 'suspect') this.#suspect = head.run
        else onFull(head.space, head.where)
      },
      onClose: () => undefined,
    })
  }

  /** What was running when memory grew last. */
  get suspect(): RunFacts | undefined {
    return this.#suspect
  }

  /** Stops the services for good, and gives where they are; undefined if that cannot be told, as in a system call. */
  stop(): Promise<Whereabouts | undefined> {
    this.#socket.send({ type: 'where' })
    return valueWithin(lookMs, this.#where.promise)
  }

  /** Stops the services once they use up their memory. */
  watchMemory(heap: number): void {
    this.#socket.send({ type: 'memory', heap })
  }
}
