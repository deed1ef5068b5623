import type { Dispatch } from '../exchange.js'
import type { Logger } from '../log.js'
import type { Project } from '../project/project.js'
import { Listener, type RequestEvent } from '../channel/listener.js'

interface AddressOptions {
  readonly dispatch: Dispatch
  readonly log: Logger
  readonly onRequest: (event: RequestEvent) => void
  /** Holds requests back while what answers them is being replaced. */
  readonly ready?: () => Promise<void> | undefined
}

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

export interface BoundAddress extends HostAndPort {
  readonly url: string
}

/** The address that a server answers on. It can move to another one without dropping a request. */
export class Address {
  readonly #options: AddressOptions
  #listener: Listener
  #project: Project
  #wanted: HostAndPort
  #bound: BoundAddress | undefined

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

  /** @throws ZatoError ZU004 if the port is in use */
  async listen(): Promise<void> {
    this.#bound = await this.#listener.listen(this.#wanted)
  }

  /** Answers for the channels of this project from now on. */
  use(project: Project): void {
    this.#project = project
    this.#listener.use(project)
  }

  /**
   * Listens on another address, if it is another one; the old one closes once its requests are answered.
   *
   * @throws ZatoError ZU004 if the port is in use; the old address then stays
   */
  async move(wanted: HostAndPort): Promise<boolean> {
    if (wanted.host === this.#wanted.host && wanted.port === this.#wanted.port) return false
    this.#wanted = wanted
    const listener = this.#createListener()
    this.#bound = await listener.listen(wanted)
    const old = this.#listener
    this.#listener = listener
    void old.close()
    return true
  }

  close(options: { drainMs: number }): Promise<void> {
    return this.#listener.close(options)
  }

  #createListener(): Listener {
    const listener = new Listener(this.#options)
    listener.use(this.#project)
    return listener
  }
}
