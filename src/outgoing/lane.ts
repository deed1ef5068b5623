import type { Socket } from 'node:net'
import { Client, type Dispatcher, type buildConnector } from 'undici'
import type { Opening } from './progress.js'
import { skipContinue } from './skip-continue.js'
import { tunnelEvent } from './tunnel-event.js'

/** What runs on a socket: at once the options and the handler of an undici dispatch. */
export interface LaneTask extends Dispatcher.DispatchOptions, Dispatcher.DispatchHandler {
  /** Where it runs; undefined while it waits. It must `release` its lane as soon as undici is done with it. */
  lane: Lane | undefined
}

/** Opens a socket: gives it at once, and calls back when it is connected or has failed. */
export type Connector = (options: buildConnector.Options, callback: buildConnector.Callback) => Socket

export interface LaneOptions {
  /** Scheme, host and port. */
  readonly origin: string
  readonly connect: Connector
  /** Whether sockets are opened to a host by its name: that of the proxy, if there is one. */
  readonly isNamed: boolean
  /** Whether sockets go through a proxy that connects them with the origin. */
  readonly isTunnelled: boolean
  /** Called with each socket that is ready for use. */
  readonly onOpened: (socket: Socket) => void
  /** Called when the next task may run. */
  readonly onFree: (lane: Lane) => void
}

/** A socket that is never idle would hold on to an address for ever; after so long, the host is looked up anew. */
const longestLifeMs = 5 * 60 * 1000

/** One socket at a time, the task that has it, and what is known of it. */
export class Lane {
  readonly #options: LaneOptions
  #client: Client | undefined
  #socket: Socket | undefined
  #opening: Opening | undefined
  #isOpening = false
  #openedAt = Number.POSITIVE_INFINITY
  #socketError: Error | undefined
  /** Requests that the socket has been given. */
  #served = 0
  #awaitReply: (() => void) | undefined

  constructor(options: LaneOptions) {
    this.#options = options
  }

  run(task: LaneTask): void {
    task.lane = this
    if (!this.#isOpening) this.#opening = undefined
    if (performance.now() - this.#openedAt > longestLifeMs) this.#renew()
    this.#client ??= this.#openClient()
    this.#client.dispatch(task, task)
  }

  /** The opening of a socket for the task that runs here; undefined if it goes on an old one. */
  get opening(): Opening | undefined {
    return this.#opening
  }

  /** Its socket: the one that was opened last. */
  get socket(): Socket | undefined {
    return this.#socket
  }

  /** What the socket said when it broke: of an alert of TLS, undici only tells that the peer has closed. */
  get socketError(): Error | undefined {
    return this.#socketError
  }

  /** The task has the socket to itself now. True if the socket has served another before. */
  takeSocket(): boolean {
    this.#served += 1
    this.#awaitReply?.()
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

  /** Nothing runs on the socket: the next task gets another. */
  #renew(): void {
    void this.#client?.destroy()
    this.#client = undefined
    this.#openedAt = Number.POSITIVE_INFINITY
  }

  /** undici is done with the task. */
  release(): void {
    this.#options.onFree(this)
  }

  async close(): Promise<void> {
    this.#socket?.destroy()
    await this.#client?.destroy()
  }

  #openClient(): Client {
    return new Client(this.#options.origin, {
      connect: (options, callback) => {
        this.#openSocket(options, callback)
      },
      // The attempt's own deadline covers all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  #openSocket(options: buildConnector.Options, callback: buildConnector.Callback): void {
    const opening = startOpening(options, this.#options.isNamed)
    this.#opening = opening
    this.#isOpening = true
    this.#served = 0
    this.#socketError = undefined
    const done: buildConnector.Callback = (...result) => {
      this.#isOpening = false
      // After a failure undici's client may be in a state that it does not leave; a new one costs nothing.
      if (result[0]) this.#client = undefined
      else {
        this.#awaitReply = skipContinue(result[1])
        this.#openedAt = performance.now()
        this.#options.onOpened(result[1])
        // What is called now comes before our own listeners; and of a tunnel they only hear the outer socket.
        if (opening.tls) opening.securedAt ??= performance.now()
        else opening.connectedAt ??= performance.now()
      }
      callback(...result)
    }
    this.#socket = this.#options.connect(options, done)
    watchOpening(this.#socket, opening, this.#options.isTunnelled ? tunnelEvent : 'connect')
    this.#socket.once('error', (error: Error) => (this.#socketError = error))
  }
}

function startOpening({ protocol }: buildConnector.Options, named: boolean): Opening {
  return {
    startedAt: performance.now(),
    named,
    tls: protocol === 'https:',
    resolvedAt: undefined,
    connectedAt: undefined,
    securedAt: undefined,
  }
}

/** @param connected the event that says that the host is reached */
function watchOpening(socket: Socket, opening: Opening, connected: string): void {
  socket.once('lookup', (error: Error | null) => {
    if (!error) opening.resolvedAt = performance.now()
  })
  socket.once(connected, () => {
    opening.connectedAt ??= performance.now()
  })
  socket.once('secureConnect', () => {
    opening.securedAt ??= performance.now()
  })
}
