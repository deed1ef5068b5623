import { type AddressInfo, type Server, createServer } from 'node:net'
import { ZatoError } from '../errors.js'
import { isLoopbackHost } from './authority.js'

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

export interface Bound extends HostAndPort {
  /** For people: `http://localhost:11223/` on loopback. */
  readonly url: string
}

/**
 * Listens.
 *
 * @throws ZatoError ZU004 if the address cannot be bound; its hint names a port that is free
 */
export async function bind(server: Server, wanted: HostAndPort): Promise<Bound> {
  try {
    const { address, port } = await listen(server, wanted)
    return { host: address, port, url: `http://${hostForPeople(address)}:${port}/` }
  } catch (error) {
    throw await explain(error as NodeJS.ErrnoException, wanted)
  }
}

/** Whether only this machine can reach an address. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopbackHost(address.toLowerCase())
}

function listen(server: Server, { host, port }: HostAndPort): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })
}

async function explain(cause: NodeJS.ErrnoException, { host, port }: HostAndPort): Promise<ZatoError> {
  const { code } = cause
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const free = await freePort(host, port)
    const problem = code === 'EACCES' ? 'may not be bound' : 'is in use'
    const hint = free === undefined ? 'choose another port' : `port ${free} is free: --port ${free}`
    return new ZatoError('ZU004', `Port ${port} of ${host} ${problem}`, { cause, hint })
  }
  const hint = 'check server.host'
  if (code === 'EADDRNOTAVAIL')
    return new ZatoError('ZU004', `"${host}" is no address of this machine`, { cause, hint })
  return new ZatoError('ZU004', `Cannot listen on ${host}:${port}: ${cause.message}`, { cause, hint })
}

/** The next one that can be bound, else any. */
async function freePort(host: string, taken: number): Promise<number | undefined> {
  const first = Math.max(taken + 1, 1024)
  for (const port of [...Array.from({ length: 10 }, (_, index) => first + index), 0]) {
    if (port > 65535) continue
    const probe = createServer()
    try {
      const { port: free } = await listen(probe, { host, port })
      return free
    } catch {
      // Taken, too.
    } finally {
      probe.close()
    }
  }
  return undefined
}

/** `localhost` also for all addresses: people open it on this machine. */
function hostForPeople(address: string): string {
  if (address.startsWith('127.') || address === '0.0.0.0' || address === '::') return 'localhost'
  return address.includes(':') ? `[${address}]` : address
}
