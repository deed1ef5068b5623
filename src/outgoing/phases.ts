import type { Phase } from '../trace/events.js'

/** When a socket was opened, in milliseconds of `performance.now()`. */
export interface Opening {
  readonly startedAt: number
  /** The name was found; absent for an IP address. */
  resolvedAt?: number
  connectedAt?: number
  /** TLS was agreed on; absent without TLS. */
  securedAt?: number
  readonly tls: boolean
}

/** When an attempt got how far. */
export interface Marks {
  readonly startedAt: number
  /** The socket that was opened for it; absent if one was reused. */
  readonly opening: Opening | undefined
  /** It had a socket to itself. */
  readonly socketAt: number | undefined
  readonly sentAt: number | undefined
  /** The head of the reply was there. */
  readonly headAt: number | undefined
  readonly endedAt: number
}

/** Milliseconds in each phase that happened. The one in which an attempt failed lasts until it did. */
export function phasesOf(marks: Marks): Partial<Record<Phase, number>> {
  const { startedAt, opening, socketAt, sentAt, headAt, endedAt } = marks
  const phases: Partial<Record<Phase, number>> = {}
  const opened = opening ? addOpening(phases, opening, socketAt ?? endedAt) : 0
  phases.queued = Math.max(0, (socketAt ?? endedAt) - startedAt - opened)
  if (socketAt === undefined) return phases
  phases.send = (sentAt ?? headAt ?? endedAt) - socketAt
  if (sentAt === undefined && headAt === undefined) return phases
  phases.wait = Math.max(0, (headAt ?? endedAt) - (sentAt ?? headAt ?? endedAt))
  if (headAt !== undefined) phases.receive = endedAt - headAt
  return phases
}

/** Milliseconds that opening took in all. */
function addOpening(phases: Partial<Record<Phase, number>>, opening: Opening, until: number): number {
  const { startedAt, resolvedAt, connectedAt, securedAt, tls } = opening
  if (resolvedAt !== undefined) phases.dns = resolvedAt - startedAt
  phases.connect = (connectedAt ?? until) - (resolvedAt ?? startedAt)
  if (tls && connectedAt !== undefined) phases.tls = (securedAt ?? until) - connectedAt
  return (securedAt ?? (tls ? until : (connectedAt ?? until))) - startedAt
}
