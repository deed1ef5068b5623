import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Exchange } from './exchange.js'

/** The open connections, each with the requests that are under way on it; more than one if they are pipelined. */
export class Connections {
  readonly #sockets = new Map<Duplex, Set<Exchange>>()
  #inFlight = 0

  /** How many requests are being answered. */
  get inFlight(): number {
    return this.#inFlight
  }

  open(socket: Socket): void {
    const exchanges = new Set<Exchange>()
    this.#sockets.set(socket, exchanges)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      // Each of them calls `remove`.
      for (const exchange of [...exchanges]) exchange.abandon()
    })
  }

  add(exchange: Exchange): void {
    this.#inFlight++
    this.#sockets.get(exchange.socket)?.add(exchange)
  }

  remove(exchange: Exchange): void {
    this.#inFlight--
    this.#sockets.get(exchange.socket)?.delete(exchange)
  }

  /** What is under way on a connection, oldest first. */
  on(socket: Duplex): readonly Exchange[] {
    return [...(this.#sockets.get(socket) ?? [])]
  }

  /** Closes the connections on which nothing is under way. */
  closeIdle(): void {
    for (const [socket, exchanges] of this.#sockets) {
      if (exchanges.size === 0) socket.end(() => socket.destroy())
    }
  }

  destroyAll(): void {
    for (const [socket, exchanges] of [...this.#sockets]) {
      for (const exchange of [...exchanges]) exchange.abandon()
      socket.destroy()
    }
  }
}
