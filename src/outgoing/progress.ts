import type { Socket } from 'node:net'
import type { FailurePhase } from './errors.js'

/** When a socket was opened, in milliseconds of `performance.now()`. */
export interface Opening {
  readonly startedAt: number
  /** Whether there is a name to be found; not for an IP address. */
  readonly named: boolean
  readonly tls: boolean
  resolvedAt: number | undefined
  connectedAt: number | undefined
  securedAt: number | undefined
}

/** How far an attempt has come, and when it got there. */
export class Progress {
  readonly startedAt = performance.now()
  /** The socket that was opened for it; undefined if one was reused. */
  opening: Opening | undefined
  /** What it ran on. */
  socket: Socket | undefined
  /** It had a socket to itself. */
  socketAt: number | undefined
  /** The last byte of the request was handed over. */
  sentAt: number | undefined
  /** The head of the reply was there. */
  headAt: number | undefined
  endedAt: number | undefined

  get phase(): FailurePhase {
    if (this.headAt !== undefined) return 'body'
    if (this.socketAt !== undefined) return 'headers'
    return (this.opening && openingPhase(this.opening)) ?? 'queue'
  }
}

/** How far the opening of a socket has come; undefined once it is open. */
function openingPhase(opening: Opening): FailurePhase | undefined {
  const { named, tls, resolvedAt, connectedAt, securedAt } = opening
  if (connectedAt === undefined) return named && resolvedAt === undefined ? 'dns' : 'connect'
  return tls && securedAt === undefined ? 'tls' : undefined
}
