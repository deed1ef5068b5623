import type { Phase } from '../trace/events.js'
import { rounded } from '../trace/phase-times.js'
import type { Opening, Progress } from './progress.js'

type Phases = Partial<Record<Phase, number>>

/**
 * Milliseconds in each phase that happened; the one in which an attempt failed lasts until it did.
 *
 * @param startedAt of the call: an attempt that was not its first waited for those before it
 */
export function phasesOf(progress: Progress, startedAt: number): Phases {
  const { opening, socketAt, sentAt, headAt, endedAt = performance.now() } = progress
  const phases: Phases = {}
  const opened = opening ? addOpening(phases, opening, { from: startedAt, until: socketAt ?? endedAt }) : 0
  phases.queued = rounded(Math.max(0, (socketAt ?? endedAt) - startedAt - opened))
  if (socketAt === undefined) return phases
  const sent = sentAt ?? headAt
  phases.send = rounded((sent ?? endedAt) - socketAt)
  if (sent !== undefined) phases.wait = rounded(Math.max(0, (headAt ?? endedAt) - sent))
  if (headAt !== undefined) phases.receive = rounded(endedAt - headAt)
  return phases
}

interface Span {
  readonly from: number
  readonly until: number
}

/** Adds what opening the socket took, and gives it in all. An opening may have begun before the attempt. */
function addOpening(phases: Phases, opening: Opening, { from, until }: Span): number {
  const { named, tls, resolvedAt, connectedAt, securedAt } = opening
  const startedAt = Math.max(opening.startedAt, from)
  const took = (start: number, end: number | undefined) => Math.max(0, (end ?? until) - Math.max(start, startedAt))
  if (named) phases.dns = rounded(took(startedAt, resolvedAt))
  if (!named || resolvedAt !== undefined) phases.connect = rounded(took(resolvedAt ?? startedAt, connectedAt))
  if (tls && connectedAt !== undefined) phases.tls = rounded(took(connectedAt, securedAt))
  return took(startedAt, tls ? securedAt : connectedAt)
}
