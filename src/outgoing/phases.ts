import type { Phase } from '../trace/events.js'

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

/** How far the opening of a socket has come; undefined once it is open. */
export function openingPhase({
  named,
  tls,
  resolvedAt,
  connectedAt,
  securedAt,
}: Opening): 'dns' | 'connect' | 'tls' | undefined {
  if (connectedAt === undefined) return named && resolvedAt === undefined ? 'dns' : 'connect'
  return tls && securedAt === undefined ? 'tls' : undefined
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
  const opened = opening ? addOpening(phases, opening, { from: startedAt, until: socketAt ?? endedAt }) : 0
  phases.queued = Math.max(0, (socketAt ?? endedAt) - startedAt - opened)
  if (socketAt === undefined) return phases
  phases.send = (sentAt ?? headAt ?? endedAt) - socketAt
  if (sentAt === undefined && headAt === undefined) return phases
  phases.wait = Math.max(0, (headAt ?? endedAt) - (sentAt ?? headAt ?? endedAt))
  if (headAt !== undefined) phases.receive = endedAt - headAt
  return phases
}

interface Span {
  readonly from: number
  readonly until: number
}

/** Adds what opening the socket took, and gives it in all. An opening may have begun before the attempt. */
function addOpening(phases: Partial<Record<Phase, number>>, opening: Opening, { from, until }: Span): number {
  const { named, tls, resolvedAt, connectedAt, securedAt } = opening
  const startedAt = Math.max(opening.startedAt, from)
  const took = (start: number, end: number | undefined) => Math.max(0, (end ?? until) - Math.max(start, startedAt))
  if (named) phases.dns = took(startedAt, resolvedAt)
  if (!named || resolvedAt !== undefined) phases.connect = took(resolvedAt ?? startedAt, connectedAt)
  if (tls && connectedAt !== undefined) phases.tls = took(connectedAt, securedAt)
  return took(startedAt, tls ? securedAt : connectedAt)
}
