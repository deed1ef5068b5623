import { type RequestListener, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The addresses that nothing but this machine reaches, and that "localhost" may stand for. */
const hosts = ['127.0.0.1', '::1']

const nextPorts = 20

const serverOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
}

/** The port of the dashboard, on loopback and nowhere else. */
export class LoopbackListener {
  readonly port: number
  readonly #servers: readonly Server[]

  /**
   * Listens on the port, else on the next free one. A port counts as free if it is so on both addresses: else another
   * program would answer some of those who come.
   */
  static async open(wanted: number, onRequest: RequestListener): Promise<LoopbackListener> {
    const ports = wanted === 0 ? [] : Array.from({ length: nextPorts }, (_, index) => wanted + index)
    for (const port of [...ports.filter((one) => one <= 65_535), 0, 0, 0, 0]) {
      const servers = await listenOnAll(port, onRequest)
      if (servers) return new LoopbackListener(servers)
    }
    throw new Error('No port of this machine is free')
  }

  private constructor(servers: readonly Server[]) {
    this.#servers = servers
    this.port = portOf(servers[0])
  }

  /** At once: whoever is still being answered is cut off. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map(closeServer))
  }
}

/** Undefined if the port is taken on one of the addresses. */
async function listenOnAll(wanted: number, onRequest: RequestListener): Promise<readonly Server[] | undefined> {
  const servers: Server[] = []
  for (const host of hosts) {
    const server = createServer(serverOptions, onRequest)
    try {
      await listen(server, { host, port: servers.length > 0 ? portOf(servers[0]) : wanted })
      servers.push(server)
    } catch (error) {
      // A machine without IPv6 has no `::1`.
      if (isAbsent(error)) continue
      await Promise.all(servers.map(closeServer))
      return undefined
    }
  }
  return servers.length > 0 ? servers : undefined
}

function listen(server: Server, where: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo).port
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'
}
