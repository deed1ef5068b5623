import type { ServerEvent, TracesReply } from '../../shared/api.js'
import { byStart } from '../../../trace/nesting.js'
import type { TraceSummary } from '../../../trace/record.js'

/** Traces on the screen, newest start first, and those that wait to be shown. */
export interface TraceList {
  readonly rows: readonly TraceSummary[]
  /** Arrived while nothing was to move: newest first. */
  readonly held: readonly TraceSummary[]
  readonly hasMore: boolean
  readonly kept: number
  readonly removed: number
  /** The highest id that was told of: whatever is above it is new, be it running, over or removed again. */
  readonly newest: number
  /** Ids below it that nothing was told of yet: one that is quick is told of when it is over, after some that began later. */
  readonly skipped: ReadonlySet<number>
}

export interface Arrival {
  /** Whether a trace is one of those that were asked for. */
  readonly matches: (trace: TraceSummary) => boolean
  /** Whether new ones wait: the user reads further down, or has paused. */
  readonly isHeld: boolean
}

/** More than a server keeps by default; the page stays as small however long it is open. */
const mostRows = 2_000

export const noTraces: TraceList = {
  rows: [],
  held: [],
  hasMore: false,
  kept: 0,
  removed: 0,
  newest: 0,
  skipped: new Set(),
}

export function listOf(reply: TracesReply): TraceList {
  const { traces: rows, hasMore, kept, removed } = reply
  return { rows, held: [], hasMore, kept, removed, newest: highestOf(rows), skipped: new Set() }
}

export function withOlder(list: TraceList, reply: TracesReply): TraceList {
  const known = new Set(list.rows.map(({ id }) => id))
  const older = reply.traces.filter(({ id }) => !known.has(id))
  return { ...list, rows: [...list.rows, ...older].sort(newestStart), hasMore: reply.hasMore }
}

/** Where the next page begins. Not in the last row: one that was handed over has begun long before it got its id. */
export function lowestId({ rows }: TraceList): number | undefined {
  return rows.length === 0 ? undefined : rows.reduce((lowest, { id }) => Math.min(lowest, id), Number.POSITIVE_INFINITY)
}

export function showHeld(list: TraceList): TraceList {
  return { ...list, rows: newestFirst([...list.held, ...list.rows]), held: [] }
}

/** Ids of traces that nothing was told of before. One that was quick is told of once, when it is over. */
export function newIds({ newest, skipped }: TraceList, events: readonly ServerEvent[]): readonly number[] {
  const ids = events.flatMap((event) =>
    event.type === 'traces.removed' ? event.ids : 'trace' in event ? [event.trace.id] : [],
  )
  return [...new Set(ids)].filter((id) => id > newest || skipped.has(id))
}

/** All events of a frame at once. Rows that are there change in place. */
export function applyEvents(list: TraceList, events: readonly ServerEvent[], arrival: Arrival): TraceList {
  const changed = new Map<number, TraceSummary>()
  const gone = new Set<number>()
  let isCleared = false
  const opened = newIds(list, events)
  for (const event of events) {
    if (event.type === 'trace.open' || event.type === 'trace.update' || event.type === 'trace.close')
      changed.set(event.trace.id, event.trace)
    else if (event.type === 'traces.removed') for (const id of event.ids) gone.add(id)
    else if (event.type === 'traces.cleared') isCleared = true
  }
  if (changed.size === 0 && gone.size === 0 && !isCleared) return list

  const stays = (trace: TraceSummary) => !gone.has(trace.id) && (!isCleared || trace.isPinned || changed.has(trace.id))
  const updated = (rows: readonly TraceSummary[]) => rows.map((row) => changed.get(row.id) ?? row).filter(stays)
  const rows = updated(list.rows)
  const held = updated(list.held)
  const known = new Set([...rows, ...held].map(({ id }) => id))
  const oldest = lowestId(list) ?? 0
  const isOlder = ({ id }: TraceSummary) => list.hasMore && id < oldest
  const arrived = [...changed.values()].filter(
    (trace) => !known.has(trace.id) && !gone.has(trace.id) && !isOlder(trace) && arrival.matches(trace),
  )
  return {
    rows: arrival.isHeld ? rows : newestFirst([...arrived, ...rows]),
    held: arrival.isHeld ? newestFirst([...arrived, ...held]) : held,
    hasMore: list.hasMore,
    kept: Math.max(0, (isCleared ? rows.length : list.kept) + opened.length - gone.size),
    removed: list.removed + gone.size,
    ...toldOf(list, opened),
  }
}

function toldOf({ newest: before, skipped }: TraceList, opened: readonly number[]) {
  const newest = opened.reduce((highest, id) => Math.max(highest, id), before)
  // What is further below is not told of any more.
  const lowest = newest - mostRows
  const told = new Set(opened)
  const left = [...skipped].filter((id) => id > lowest && !told.has(id))
  for (let id = Math.max(before, lowest) + 1; id < newest; id += 1) if (!told.has(id)) left.push(id)
  return { newest, skipped: new Set(left) }
}

/** Those that came last, each once, by start. */
function newestFirst(rows: readonly TraceSummary[]): TraceSummary[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const last = [...byId.values()].sort((a, b) => b.id - a.id).slice(0, mostRows)
  return last.sort(newestStart)
}

function newestStart(one: TraceSummary, other: TraceSummary): number {
  return byStart(other, one)
}

function highestOf(rows: readonly TraceSummary[]): number {
  return rows.reduce((highest, { id }) => Math.max(highest, id), 0)
}
