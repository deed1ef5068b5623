import type { TraceSummary } from './record.js'

/** A trace, and those under the same cid that began and ended while it went on: the project has called itself. */
export interface Nested<T> {
  readonly outer: T
  /** Oldest first. */
  readonly inner: readonly T[]
}

type Begun = Pick<TraceSummary, 'id' | 'startedAt'>
type Timed = Begun & Pick<TraceSummary, 'durationMs'>

/** The trace around this one, and around all else that went on within it. */
export function nestedAround<T extends Timed>(trace: T, sameCid: readonly T[]): Nested<T> {
  const around = sameCid.filter((one) => isWithin(trace, one)).sort(byStart)
  const outer = around[0] ?? trace
  return { outer, inner: sameCid.filter((one) => isWithin(one, outer)).sort(byStart) }
}

function isWithin(one: Timed, other: Timed): boolean {
  return byStart(one, other) > 0 && endOf(one) <= endOf(other)
}

function endOf({ startedAt, durationMs = Number.POSITIVE_INFINITY }: Timed): number {
  return startedAt + durationMs
}

/** Oldest first. Two may begin in one millisecond; then the number says which came first. */
export function byStart(one: Begun, other: Begun): number {
  return one.startedAt - other.startedAt || one.id - other.id
}
