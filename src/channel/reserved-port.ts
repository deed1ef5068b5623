import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'

/**
 * A free port that is held open for a server that is still to come: its project may name the port, so it must be known
 * before, and nobody else can take it meanwhile.
 */
export class ReservedPort {
  readonly #holder: Server
  /** Whoever has connected already. */
  readonly #early: Socket[] = []
  #isHeld = true

  /** @throws the error of the system if `host` is no address of this machine */
  static async take(host: string): Promise<ReservedPort> {
    const holder = createServer({ pauseOnConnect: true, noDelay: true }).listen(0, host)
    await once(holder, 'listening')
    return new ReservedPort(holder)
  }

  private constructor(holder: Server) {
    this.#holder = holder.on('connection', (socket) => this.#early.push(socket))
  }

  get port(): number {
    return (this.#holder.address() as AddressInfo).port
  }

  /** Whether it can still be handed over. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** `server` listens on the port from now on, and answers those who came before. */
  async handTo(server: Server): Promise<void> {
    this.#isHeld = false
    server.listen(this.#holder)
    await once(server, 'listening')
    for (const socket of this.#early.splice(0)) {
      server.emit('connection', socket)
      socket.resume()
    }
  }

  /** Gives it up, unless it was handed over. */
  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#holder.close()
    for (const socket of this.#early.splice(0)) socket.destroy()
  }
}
