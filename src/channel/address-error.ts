import { ZatoError } from '../errors.js'
import type { PortOwner } from './port-owner.js'

/** Why nothing can listen on an address. */
export type AddressFault = 'in use' | 'forbidden' | 'not ours' | 'unknown host' | 'other'

interface AddressFacts {
  readonly host: string
  readonly port: number
  readonly cause: Error
  /** Who has it, if that is known. */
  readonly owner?: PortOwner | undefined
  /** A port of the same host that could be bound a moment ago. */
  readonly freePort?: number | undefined
}

/** ZU004: an address cannot be listened on. */
export class AddressError extends ZatoError {
  readonly fault: AddressFault
  readonly port: number
  readonly freePort: number | undefined

  constructor(fault: AddressFault, facts: AddressFacts) {
    super('ZU004', messageOf(fault, facts), { cause: facts.cause, hint: hintOf(fault, facts) })
    this.fault = fault
    this.port = facts.port
    this.freePort = facts.freePort
  }
}

function messageOf(fault: AddressFault, { host, port, cause, owner }: AddressFacts): string {
  const by = owner === undefined ? '' : ` by process ${owner.pid} (${owner.command})`
  if (fault === 'in use') return `Port ${port} of ${host} is in use${by}`
  if (fault === 'forbidden') return `Port ${port} of ${host} may not be bound by this user`
  if (fault === 'not ours') return `"${host}" is no address of this machine`
  if (fault === 'unknown host') return `The host "${host}" was not found`
  return `Cannot listen on ${host}:${port}: ${cause.message}`
}

function hintOf(fault: AddressFault, { freePort }: AddressFacts): string {
  if (fault === 'in use' || fault === 'forbidden') {
    return freePort === undefined ? 'choose another port' : `port ${freePort} is free: --port ${freePort}`
  }
  return 'check --host or server.host: 127.0.0.1 is this machine only, 0.0.0.0 all its addresses'
}
