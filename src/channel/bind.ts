import { type AddressInfo, type Server, createServer } from 'node:net'
import { AddressError, type AddressFault } from './address-error.js'
import { isLoopbackHost } from './authority.js'
import { findPortOwner } from './port-owner.js'
import type { ReservedPort } from './reserved-port.js'

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

export interface Bound extends HostAndPort {
  /** For people: `http://localhost:11223/` on loopback. */
  readonly url: string
  /** Another program listens on the same port of `::1`, so that "localhost" may lead there; the url names no localhost. */
  readonly isShadowed: boolean
}

/**
 * Listens: on the port that was reserved, if that is the one.
 *
 * @throws AddressError if the address cannot be bound; it names a port that is free
 */
export async function bind(server: Server, wanted: HostAndPort, reserved?: ReservedPort): Promise<Bound> {
  try {
    const { address, port } = await listen(server, wanted, reserved)
    const isShadowed = reachedAsLocalhost(address) && (await isTaken({ host: '::1', port }))
    return { host: address, port, url: `http://${hostForPeople(address, isShadowed)}:${port}/`, isShadowed }
  } catch (error) {
    throw await explain(error as NodeJS.ErrnoException, wanted)
  }
}

/** Whether only this machine can reach an address. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopbackHost(address.toLowerCase())
}

async function listen(server: Server, { host, port }: HostAndPort, reserved?: ReservedPort): Promise<AddressInfo> {
  if (reserved?.isHeld && reserved.port === port) await reserved.handTo(server)
  else {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  }
  return server.address() as AddressInfo
}

async function explain(cause: NodeJS.ErrnoException, { host, port }: HostAndPort): Promise<AddressError> {
  const fault = faults[cause.code ?? ''] ?? 'other'
  const hasOther = fault === 'in use' || fault === 'forbidden'
  return new AddressError(fault, {
    host,
    port,
    cause,
    owner: fault === 'in use' ? findPortOwner(port) : undefined,
    freePort: hasOther ? await freePort(host, port) : undefined,
  })
}

const faults: Readonly<Record<string, AddressFault>> = {
  EADDRINUSE: 'in use',
  EACCES: 'forbidden',
  EADDRNOTAVAIL: 'not ours',
  EAFNOSUPPORT: 'not ours',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'unknown host',
}

/** One near it that can be bound, else any: 11224 for 11223, 8080 for 80. */
async function freePort(host: string, taken: number): Promise<number | undefined> {
  const first = taken < 1024 ? taken + 8000 : taken + 1
  for (const port of [...Array.from({ length: 20 }, (_, index) => first + index), 0]) {
    const free = port > 65535 ? undefined : await tryPort({ host, port })
    if (free !== undefined && !(reachedAsLocalhost(host) && (await isTaken({ host: '::1', port: free })))) return free
  }
  return undefined
}

/** The port, if it can be bound. */
async function tryPort(wanted: HostAndPort): Promise<number | undefined> {
  const probe = createServer()
  try {
    return (await listen(probe, wanted)).port
  } catch {
    return undefined
  } finally {
    probe.close()
  }
}

/** Whether somebody listens there; not so if this machine has no such address. */
async function isTaken(wanted: HostAndPort): Promise<boolean> {
  const probe = createServer()
  try {
    await listen(probe, wanted)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  } finally {
    probe.close()
  }
}

/** Whether people who type "localhost" get there, unless `::1` answers first. */
function reachedAsLocalhost(address: string): boolean {
  return address === '127.0.0.1' || address === '0.0.0.0' || address === 'localhost'
}

/** `localhost` also for all addresses: people open it on this machine. */
function hostForPeople(address: string, isShadowed: boolean): string {
  if (isShadowed) return '127.0.0.1'
  if (reachedAsLocalhost(address) || address === '::') return 'localhost'
  return address.includes(':') ? `[${address}]` : address
}
