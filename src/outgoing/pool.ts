import { type Socket, isIP } from 'node:net'
import { Client, type Dispatcher, buildConnector } from 'undici'
import type { Opening } from './phases.js'
import type { TlsSettings } from './tls.js'

/** What runs on a socket: at once the options and the handler of an undici dispatch. */
export interface PoolTask extends Dispatcher.DispatchOptions, Dispatcher.DispatchHandler {
  /** Where it runs; undefined while it waits. It must `release` its lane as soon as undici is done with it. */
  lane: Lane | undefined
}

export interface PoolSettings {
  /** Scheme, host and port. */
  readonly origin: string
  /** The most sockets that are open at once. */
  readonly size: number
  readonly tls: TlsSettings
}

/**
 * The sockets of one connection: kept alive, at most `size`, shared with no other connection. It is made of undici's
 * clients, one a socket, and not of its `Pool`, which can tell neither on which socket a request runs, nor forget a
 * request that waits.
 */
export class SocketPool {
  readonly #settings: PoolSettings
  readonly #connect: buildConnector.connector
  readonly #lanes: Lane[] = []
  /** The one that was used last comes first: its socket is the least likely to have been dropped. */
  readonly #idle: Lane[] = []
  readonly #waiting = new Set<PoolTask>()

  constructor(settings: PoolSettings) {
    this.#settings = settings
    // No timeout of its own: whoever waits has a deadline, and abandons the lane.
    this.#connect = buildConnector({ ...settings.tls, autoSelectFamily: true, timeout: 0 })
  }

  /** Runs a task on an idle socket, on a new one, or as soon as one is free; first come, first served. */
  run(task: PoolTask): void {
    const lane = this.#idle.pop() ?? this.#addLane()
    if (lane) lane.run(task)
    else this.#waiting.add(task)
  }

  /** Forgets a task that waits. */
  forget(task: PoolTask): void {
    this.#waiting.delete(task)
  }

  /** Gives a lane to the next that waits. */
  free(lane: Lane): void {
    const next = this.#waiting.values().next()
    if (next.done) {
      this.#idle.push(lane)
      return
    }
    this.#waiting.delete(next.value)
    lane.run(next.value)
  }

  /** Closes every socket. Nothing may run any more. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }

  #addLane(): Lane | undefined {
    if (this.#lanes.length >= this.#settings.size) return undefined
    const lane = new Lane(this, this.#settings.origin, this.#connect)
    this.#lanes.push(lane)
    return lane
  }
}

/** One socket at a time, and what is known of it. */
export class Lane {
  readonly #pool: SocketPool
  readonly #origin: string
  readonly #connect: buildConnector.connector
  #client: Client | undefined
  #socket: Socket | undefined
  #opening: Opening | undefined
  #isOpening = false
  /** Requests that the socket has been given. */
  #served = 0

  constructor(pool: SocketPool, origin: string, connect: buildConnector.connector) {
    this.#pool = pool
    this.#origin = origin
    this.#connect = connect
  }

  run(task: PoolTask): void {
    task.lane = this
    if (!this.#isOpening) this.#opening = undefined
    this.#client ??= this.#openClient()
    this.#client.dispatch(task, task)
  }

  /** The opening of a socket for the task that runs here; undefined if it goes on an old one. */
  get opening(): Opening | undefined {
    return this.#opening
  }

  /** The task has the socket to itself now. True if the socket has served another before. */
  takeSocket(): boolean {
    this.#served += 1
    return this.#served > 1
  }

  /** The task gives up before it had a socket: one that is still being opened for it is closed. */
  abandon(): void {
    if (this.#isOpening) this.#socket?.destroy(new Error('Abandoned'))
  }

  /** Destroys the socket under a request; `abort` is undici's. */
  drop(abort: (error: Error) => void): void {
    // undici's client would connect again at once, for nothing; a new one connects when it is needed.
    const client = this.#client
    this.#client = undefined
    abort(new Error('Abandoned'))
    void client?.destroy()
  }

  /** undici is done with the task. */
  release(): void {
    this.#pool.free(this)
  }

  async close(): Promise<void> {
    this.#socket?.destroy()
    await this.#client?.destroy()
  }

  #openClient(): Client {
    return new Client(this.#origin, {
      connect: (options, callback) => this.#openSocket(options, callback),
      // Our own deadline covers the whole attempt.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  #openSocket(options: buildConnector.Options, callback: buildConnector.Callback): void {
    const opening = startOpening(options)
    this.#opening = opening
    this.#isOpening = true
    this.#served = 0
    const done: buildConnector.Callback = (...result) => {
      this.#isOpening = false
      // After a failure undici's client may be in a state that it does not leave; a new one costs nothing.
      if (result[0]) this.#client = undefined
      callback(...result)
    }
    // undici's types hide that its connector returns the socket at once.
    const socket = this.#connect(options, done) as unknown as Socket
    this.#socket = socket
    socket.once('lookup', (error: Error | null) => {
      if (!error) opening.resolvedAt = performance.now()
    })
    socket.once('connect', () => {
      opening.connectedAt = performance.now()
    })
    socket.once('secureConnect', () => {
      opening.securedAt = performance.now()
    })
  }
}

function startOpening({ hostname, protocol }: buildConnector.Options): Opening {
  return {
    startedAt: performance.now(),
    named: isIP(hostname) === 0,
    tls: protocol === 'https:',
    resolvedAt: undefined,
    connectedAt: undefined,
    securedAt: undefined,
  }
}
