import { AddressError } from '../../channel/address-error.js'
import { ZatoError } from '../../errors.js'
import { formatMoment } from '../../output/units.js'
import type { ServerRecord } from '../../runtime/running-servers.js'

interface BusyPortFacts {
  /** The servers of the project that run already. */
  readonly others: readonly ServerRecord[]
  /** The command line to type in place of the one that was. */
  readonly lineWithPort: (port: number) => string
}

/** An address that cannot be had, told with what to type; any other error as it is. */
export function explainBusyPort(error: unknown, { others, lineWithPort }: BusyPortFacts): unknown {
  if (!(error instanceof AddressError) || error.freePort === undefined) return error
  const line = lineWithPort(error.freePort)
  const same = error.fault === 'in use' ? others.find(({ port }) => port === error.port) : undefined
  if (!same) {
    return new ZatoError('ZU004', error.message, { cause: error, hint: `port ${error.freePort} is free: ${line}` })
  }
  const { pid, since, url } = same
  const message = `This project is already served by process ${pid} since ${formatMoment(since)}, at ${url}`
  return new ZatoError('ZU004', message, { cause: error, hint: `use that, or end it (kill ${pid}), or: ${line}` })
}
