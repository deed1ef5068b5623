import { buildConnector } from 'undici'
import { type Connector, Lane, type LaneTask } from './lane.js'
import type { TlsSettings } from './tls.js'

export interface PoolSettings {
  /** Scheme, host and port. */
  readonly origin: string
  /** The most sockets that are open at once. */
  readonly size: number
  readonly tls: TlsSettings
}

/**
 * The sockets of one connection: kept alive, at most `size`, shared with no other connection. It is made of undici's
 * clients, one a socket, and not of its `Pool`, which can neither tell on which socket a request runs, nor forget a
 * request that waits.
 */
export class SocketPool {
  readonly #settings: PoolSettings
  readonly #connect: Connector
  readonly #lanes: Lane[] = []
  /** The one that was used last comes first: its socket is the least likely to have been dropped. */
  readonly #idle: Lane[] = []
  readonly #waiting = new Set<LaneTask>()

  constructor(settings: PoolSettings) {
    this.#settings = settings
    // No timeout of its own: whoever waits has a deadline, and abandons the lane.
    const connector = buildConnector({ ...settings.tls, autoSelectFamily: true, timeout: 0 })
    // undici's types hide that its connector gives the socket at once.
    this.#connect = connector as unknown as Connector
  }

  /** Runs a task on an idle socket, on a new one, or as soon as one is free; first come, first served. */
  run(task: LaneTask): void {
    const lane = this.#idle.pop() ?? this.#addLane()
    if (lane) lane.run(task)
    else this.#waiting.add(task)
  }

  /** Forgets a task that waits. */
  forget(task: LaneTask): void {
    this.#waiting.delete(task)
  }

  /** Closes every socket. Nothing may run any more. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }

  #addLane(): Lane | undefined {
    if (this.#lanes.length >= this.#settings.size) return undefined
    const lane = new Lane({
      origin: this.#settings.origin,
      connect: this.#connect,
      onFree: (free) => {
        this.#next(free)
      },
    })
    this.#lanes.push(lane)
    return lane
  }

  /** Gives a free lane to the task that has waited longest. */
  #next(lane: Lane): void {
    for (const task of this.#waiting) {
      this.#waiting.delete(task)
      lane.run(task)
      return
    }
    this.#idle.push(lane)
  }
}
