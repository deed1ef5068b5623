import { type Server, createServer } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { Deadlines } from '../deadlines.js'
import type { Runner } from '../exchange.js'
import type { Logger } from '../log.js'
import type { Project } from '../project/project.js'
import { refuseBroken, sendBareReply } from './bare-reply.js'
import { type Bound, type HostAndPort, bind, isLoopbackAddress } from './bind.js'
import { Connections } from './connections.js'
import { Exchange, type ExchangeHost, type Messages } from './exchange.js'
import type { RequestEvent } from './exchange-event.js'
import type { ExchangeTracer } from './exchange-trace.js'
import { Refusal } from './refusal.js'
import type { ReservedPort } from './reserved-port.js'
import { type Serving, emptyServing, prepareServing } from './serving.js'

export type { RequestEvent } from './exchange-event.js'

export interface ListenerOptions {
  /** Runs the service of a request. */
  readonly run: Runner
  readonly log: Logger
  readonly tracer?: ExchangeTracer | undefined
  readonly onRequest?: ((event: RequestEvent) => void) | undefined
  /** Holds requests back, before they are routed, until the promise settles; undefined lets them through at once. */
  readonly ready?: (() => Promise<void> | undefined) | undefined
}

export interface CloseOptions {
  /** How long requests in flight may go on; 10 s by default. */
  readonly drainMs?: number | undefined
  /** How long a connection on which nothing is under way stays for one more request; by default only a new one stays, for a moment. */
  readonly idleMs?: number | undefined
}

const serverOptions = {
  // Longer than proxies keep a connection, so that it is they who end it.
  keepAliveTimeout: 72_000,
  // A caller that drips its request does not hold its connection for ever.
  headersTimeout: 20_000,
  requestTimeout: 300_000,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
  // The guard looks at it, and answers with a problem document.
  requireHostHeader: false,
}

/** How long a connection that has just come may take to ask for something, once the port is closed. */
const newConnectionMs = 300

/** Connections may come faster than they can be taken in: then the last of them are not waited for. */
const longestTakeInMs = 250

const longestTimerMs = 2 ** 31 - 1

/**
 * HTTP in: one server, whose channels can be replaced while it runs. A request is answered by what was served when it
 * began.
 */
export class Listener {
  readonly #server: Server
  readonly #host: ExchangeHost
  readonly #connections = new Connections()
  readonly #ready: () => Promise<void> | undefined
  /** Requests that are held back. */
  readonly #waiting = new Set<Promise<void>>()
  #project: Project | undefined
  #serving: Serving = emptyServing
  #isLoopback = true
  #isDraining = false
  /** Whether a connection ends with what is under way on it, even if the head of its reply did not say so. */
  #closesIdle = false

  constructor({ run, log, tracer, onRequest, ready = () => undefined }: ListenerOptions) {
    this.#ready = ready
    this.#server = this.#createServer(log)
    this.#host = {
      run,
      log,
      tracer,
      deadlines: new Deadlines(),
      isDraining: () => this.#isDraining,
      onFinish: (exchange, event) => {
        this.#connections.remove(exchange)
        if (this.#closesIdle && exchange.isSent) this.#connections.closeIfIdle(exchange.socket)
        onRequest?.(event)
      },
    }
  }

  /** How many requests are being answered. */
  get inFlight(): number {
    return this.#connections.inFlight
  }

  /** Answers for the channels of this project from now on: routes, security, limits and guard change at once. */
  use(project: Project): void {
    // To prepare thousands of routes takes longer than a whole reload; most reloads leave the project as it is.
    if (project !== this.#project) this.#prepare(project)
  }

  /** @throws AddressError if the address cannot be bound; it names a port that is free */
  async listen(address: HostAndPort, reserved?: ReservedPort): Promise<Bound> {
    const bound = await bind(this.#server, address, reserved)
    this.#isLoopback = isLoopbackAddress(bound.host)
    if (this.#project) this.#prepare(this.#project)
    return bound
  }

  #prepare(project: Project): void {
    this.#serving = prepareServing(project, this.#isLoopback)
    this.#project = project
  }

  /** Stops listening. Requests in flight may end within `drainMs`, then their connections are destroyed. */
  async close({ drainMs = 10_000, idleMs = 0 }: CloseOptions = {}): Promise<void> {
    this.#isDraining = true
    await this.#takeIn()
    const closed = this.#stopListening()
    const timers = [
      setTimeout(() => this.#closeIdle({ sparesNew: true }), idleMs),
      setTimeout(() => this.#closeIdle({ sparesNew: false }), Math.max(idleMs, newConnectionMs)),
      setTimeout(() => this.#connections.destroyAll(), Math.min(drainMs, longestTimerMs)),
    ]
    await closed
    timers.forEach(clearTimeout)
    // Ends what Node checks its connections with.
    this.#server.close()
  }

  /**
   * Lets requests that are held back go on, and waits for connections that the system has accepted, of which Node takes one in a turn
   * of its event loop: to close the port now would reset them.
   */
  async #takeIn(): Promise<void> {
    const deadline = performance.now() + longestTakeInMs
    let isQuiet = false
    while (!isQuiet) {
      await Promise.all(this.#waiting)
      const { opened } = this.#connections
      // The first turn may have begun before the last look.
      await nextTurn()
      await nextTurn()
      isQuiet = this.#waiting.size === 0 && (opened === this.#connections.opened || performance.now() > deadline)
    }
  }

  /** Resolves once the last connection is closed. That of node:http would close connections as well, without waiting for their FIN. */
  async #stopListening(): Promise<void> {
    await new Promise<void>((resolve) => void NetServer.prototype.close.call(this.#server, () => resolve()))
  }

  #closeIdle(options: { sparesNew: boolean }): void {
    this.#closesIdle = true
    this.#connections.closeIdle(options)
  }

  #createServer(log: Logger): Server {
    const notServed = new Refusal(405, 'The method CONNECT is not served here')
    return createServer(serverOptions)
      .on('connection', (socket: Socket) => this.#connections.open(socket))
      .on('request', (request, response) => this.#answer({ request, response }))
      .on('checkContinue', (request, response) => this.#answer({ request, response, expectsContinue: true }))
      .on('checkExpectation', (request, response) =>
        this.#answer({ request, response }, new Refusal(417, 'Only "100-continue" can be expected')),
      )
      .on('connect', (_request, socket) => sendBareReply(socket, notServed))
      .on('clientError', (error, socket) => refuseBroken(error, { socket, ...this.#connections.stateOf(socket), log }))
  }

  #answer(messages: Messages, refusal?: Refusal): void {
    const ready = this.#ready()
    if (!ready) {
      this.#begin(messages, refusal)
      return
    }
    const waiting = ready.then(() => {
      this.#waiting.delete(waiting)
      this.#begin(messages, refusal)
    })
    this.#waiting.add(waiting)
  }

  #begin(messages: Messages, refusal?: Refusal): void {
    // While it waited, its caller may have gone.
    if (messages.request.socket.destroyed) return
    const serving = this.#serving
    const exchange = new Exchange(this.#host, serving, messages)
    this.#connections.add(exchange)
    if (refusal) exchange.refuse(refusal)
    else if (serving === emptyServing) exchange.refuse(notReady)
    else exchange.start()
  }
}

const notReady = new Refusal(503, 'The server is not ready yet', { headers: ['Retry-After', '1'] })

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve))
