import type { Runner } from '../exchange.js'
import type { Logger } from '../log.js'
import type { Project } from '../project/project.js'
import { type Bound, type HostAndPort, isLoopbackAddress } from '../channel/bind.js'
import { Listener, type RequestEvent } from '../channel/listener.js'
import type { ExchangeTracer } from '../channel/exchange-trace.js'
import type { ReservedPort } from '../channel/reserved-port.js'

export type { HostAndPort } from '../channel/bind.js'

interface AddressOptions {
  readonly run: Runner
  readonly log: Logger
  readonly tracer?: ExchangeTracer | undefined
  readonly onRequest: (event: RequestEvent) => void
  /** Holds requests back while what answers them is being replaced. */
  readonly ready?: () => Promise<void> | undefined
  /** The port that is held open for it. */
  readonly reserved?: ReservedPort | undefined
}

export type BoundAddress = Bound

/** How long callers who keep a connection to the old address may use it once more: closed at once, it could meet their next request. */
const oldIdleMs = 5000

/** The address that a server answers on. It can move to another one without dropping a request. */
export class Address {
  readonly #options: AddressOptions
  #listener: Listener
  #project: Project
  /** What was asked for last, whether or not it could be had. */
  #wanted: HostAndPort
  /** What was asked for when it was had. */
  #held: HostAndPort | undefined
  #bound: BoundAddress | undefined
  /** Where it listened before, while requests are still being answered there. */
  readonly #leaving = new Map<Listener, Promise<void>>()

  constructor(project: Project, wanted: HostAndPort, options: AddressOptions) {
    this.#options = options
    this.#project = project
    this.#wanted = wanted
    this.#listener = this.#createListener()
  }

  /** Where it listens now. */
  get bound(): BoundAddress {
    if (!this.#bound) throw new Error('The server does not listen yet')
    return this.#bound
  }

  /** How many requests are being answered. */
  get inFlight(): number {
    return this.#listeners.reduce((sum, listener) => sum + listener.inFlight, 0)
  }

  /** Also those that somebody may still ask something of. */
  get #listeners(): Listener[] {
    return [this.#listener, ...this.#leaving.keys()]
  }

  /** @throws AddressError if the address cannot be bound */
  async listen(): Promise<void> {
    await this.#bind(this.#listener)
  }

  /** Answers for the channels of this project from now on. */
  use(project: Project): void {
    this.#project = project
    for (const listener of this.#listeners) listener.use(project)
  }

  /**
   * Listens on another address, if it is another one; the old one closes once its requests are answered. One that could not
   * be had is not asked for again.
   *
   * @throws AddressError if the address cannot be bound; the old address then stays
   */
  async move(wanted: HostAndPort): Promise<boolean> {
    if (isSame(wanted, this.#wanted)) return false
    this.#wanted = wanted
    if (this.#held && isSame(wanted, this.#held)) return false
    const [old, next] = [this.#listener, this.#createListener()]
    await this.#bind(next)
    this.#listener = next
    this.#leaving.set(
      old,
      old.close({ drainMs: Infinity, idleMs: oldIdleMs }).then(() => void this.#leaving.delete(old)),
    )
    return true
  }

  async close(options: { drainMs: number }): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close(options)))
  }

  async #bind(listener: Listener): Promise<void> {
    this.#bound = await listener.listen(this.#wanted, this.#options.reserved)
    this.#held = this.#wanted
    this.#warn(this.#bound)
  }

  #warn({ host, port, url, isShadowed }: BoundAddress): void {
    const { log } = this.#options
    if (isShadowed) {
      log.warn(`Another program listens on port ${port} of ::1, where "localhost" may lead: use ${url}`)
    }
    if (!isLoopbackAddress(host)) {
      log.warn(`Listening on ${host}: other machines can call the channels, and Host and Origin are not checked`)
    }
  }

  #createListener(): Listener {
    const listener = new Listener(this.#options)
    listener.use(this.#project)
    return listener
  }
}

function isSame(one: HostAndPort, other: HostAndPort): boolean {
  return one.host === other.host && one.port === other.port
}
