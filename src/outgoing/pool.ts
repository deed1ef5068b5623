import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { Deadlines } from '../deadlines.js'
import { type Connector, Lane, type LaneTask } from './lane.js'
import { awayFromOwnPort } from './own-port.js'
import { type PeerCertificate, describeCertificate, shownCertificate } from './peer-certificate.js'
import type { Proxy } from './proxy-choice.js'
import type { TlsSettings } from './tls.js'
import { proxyConnector, tunnelConnector } from './tunnel.js'
import { WaitingLine } from './waiting-line.js'

export interface PoolSettings {
  /** Scheme, host and port. */
  readonly origin: string
  /** The most sockets that are open at once. */
  readonly size: number
  readonly tls: TlsSettings
  readonly proxy: Proxy | undefined
}

/**
 * The sockets of one connection: kept alive, at most `size`, shared with no other connection. It is made of undici's
 * clients, one a socket, and not of its `Pool`, which can neither tell on which socket a request runs, nor forget a
 * request that waits.
 */
export class SocketPool {
  /** Of the attempts that run or wait here. */
  readonly deadlines = new Deadlines()
  readonly #settings: PoolSettings
  readonly #connect: Connector
  readonly #forwards: boolean
  readonly #isNamed: boolean
  readonly #lanes: Lane[] = []
  /** The one that was used last comes first: its socket is the least likely to have been dropped. */
  readonly #idle: Lane[] = []
  readonly #waiting = new WaitingLine<LaneTask>()
  #shown: X509Certificate | undefined

  constructor(settings: PoolSettings) {
    this.#settings = settings
    this.#forwards = settings.proxy !== undefined && settings.origin.startsWith('http:')
    this.#isNamed = isIP(new URL(settings.proxy?.origin ?? settings.origin).hostname.replace(/^\[|\]$/g, '')) === 0
    this.#connect = connectorFor(settings)
  }

  /** Scheme, host and port. */
  get origin(): string {
    return this.#settings.origin
  }

  get proxy(): Proxy | undefined {
    return this.#settings.proxy
  }

  /** The proxy, if requests are given to it to be forwarded, and not only bytes to be passed on. */
  get forwarder(): Proxy | undefined {
    return this.#forwards ? this.#settings.proxy : undefined
  }

  /** What the API has shown on the socket that was opened last; undefined without TLS. */
  get peerCertificate(): PeerCertificate | undefined {
    return this.#shown && describeCertificate(this.#shown)
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
      isNamed: this.#isNamed,
      isTunnelled: this.#settings.proxy !== undefined && !this.#forwards,
      onOpened: (socket) => (this.#shown = shownCertificate(socket)),
      onFree: (free) => {
        this.#next(free)
      },
    })
    this.#lanes.push(lane)
    return lane
  }

  /** Gives a free lane to the task that has waited longest. */
  #next(lane: Lane): void {
    const task = this.#waiting.next()
    if (task) lane.run(task)
    else this.#idle.push(lane)
  }
}

function connectorFor({ origin, tls, proxy }: PoolSettings): Connector {
  if (proxy) return origin.startsWith('https:') ? tunnelConnector(proxy, tls) : proxyConnector(proxy)
  // No timeout of its own: whoever waits has a deadline, and abandons the lane.
  const connector = buildConnector({ ...tls, autoSelectFamily: true, timeout: 0 })
  // undici's types hide that its connector gives the socket at once.
  return awayFromOwnPort(connector as unknown as Connector)
}
