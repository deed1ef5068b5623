import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Exchange } from './exchange.js'

/** The open connections, each with the requests that are under way on it; more than one if they are pipelined. */
export class Connections {
  readonly #sockets = new Map<Duplex, Exchange[]>()
  /** Their last reply has been written, but not ended: its caller is still sending. */
  readonly #lingering = new WeakSet<Duplex>()
  #inFlight = 0
  #opened = 0

  /** How many requests are being answered. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** How many there have been, open or not. */
  get opened(): number {
    return this.#opened
  }

  open(socket: Socket): void {
    this.#opened++
    const exchanges: Exchange[] = []
    this.#sockets.set(socket, exchanges)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      // Each of them calls `remove`.
      for (const exchange of [...exchanges]) exchange.abandon()
    })
  }

  add(exchange: Exchange): void {
    this.#inFlight++
    this.#sockets.get(exchange.socket)?.push(exchange)
  }

  remove(exchange: Exchange): void {
    this.#inFlight--
    const exchanges = this.#sockets.get(exchange.socket)
    if (exchanges?.includes(exchange)) exchanges.splice(exchanges.indexOf(exchange), 1)
    if (!exchange.isSent) this.#lingering.add(exchange.socket)
  }

  /** What is under way on a connection, oldest first, and whether its last reply has been written. */
  stateOf(socket: Duplex): { readonly exchanges: readonly Exchange[]; readonly isAnswered: boolean } {
    return { exchanges: [...(this.#sockets.get(socket) ?? [])], isAnswered: this.#lingering.has(socket) }
  }

  /** Closes the connections on which nothing is under way, save those that nothing has been answered on, if `sparesNew`. */
  closeIdle({ sparesNew }: { sparesNew: boolean }): void {
    for (const socket of this.#sockets.keys()) {
      if (!(sparesNew && isNew(socket))) this.closeIfIdle(socket)
    }
  }

  closeIfIdle(socket: Duplex): void {
    if (this.#sockets.get(socket)?.length === 0) socket.end(() => socket.destroy())
  }

  destroyAll(): void {
    for (const [socket, exchanges] of [...this.#sockets]) {
      for (const exchange of [...exchanges]) exchange.abandon()
      socket.destroy()
    }
  }
}

function isNew(socket: Duplex): boolean {
  return socket instanceof Socket && socket.bytesWritten === 0
}
