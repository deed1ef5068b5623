import type { Phase } from '../../../trace/events.js'
import type { Span, Trace } from '../../../trace/record.js'

/** One row of the waterfall. */
export interface WaterfallRow {
  readonly span: Span
  readonly level: number
  readonly hasChildren: boolean
  readonly isOpen: boolean
  readonly position: number
  readonly siblings: number
}

export interface Shown {
  readonly closed: ReadonlySet<number>
  readonly withLogs: boolean
}

/** The spans as a tree, top to bottom, without what is folded away. */
export function rowsOf(spans: readonly Span[], { closed, withLogs }: Shown): WaterfallRow[] {
  const ids = new Set(spans.map(({ id }) => id))
  const children = new Map<number | undefined, Span[]>()
  for (const span of spans) {
    if (span.kind === 'log' && !withLogs) continue
    const parent = span.parentId !== undefined && ids.has(span.parentId) ? span.parentId : undefined
    children.set(parent, [...(children.get(parent) ?? []), span])
  }
  const rows: WaterfallRow[] = []
  const add = (parent: number | undefined, level: number): void => {
    const siblings = children.get(parent) ?? []
    for (const [index, span] of siblings.entries()) {
      const hasChildren = children.has(span.id)
      const isOpen = !closed.has(span.id)
      rows.push({ span, level, hasChildren, isOpen, position: index + 1, siblings: siblings.length })
      if (hasChildren && isOpen) add(span.id, level + 1)
    }
  }
  add(undefined, 1)
  return rows
}

/** How long a trace has taken, or takes so far. */
export function lengthOf(trace: Trace, now: number): number {
  const ends = trace.spans.map(({ startMs, durationMs = 0 }) => startMs + durationMs)
  const own = trace.durationMs ?? (trace.state === 'running' ? now - trace.startedAt : 0)
  return Math.max(own, ...ends, 0.001)
}

export interface Segment {
  readonly from: number
  readonly to: number
  readonly isIdle: boolean
  /** Percent of the width. */
  readonly left: number
  readonly width: number
}

/** What a stretch of idle time is squeezed to, in percent. */
const notch = 6

/** Where each moment stands, idle stretches squeezed unless `isReal`. */
export class Scale {
  readonly total: number
  readonly segments: readonly Segment[]

  constructor(spans: readonly Span[], { total, isReal }: { readonly total: number; readonly isReal: boolean }) {
    this.total = total
    const idle = isReal ? [] : idleStretches(spans, total)
    const busy = total - idle.reduce((sum, [from, to]) => sum + to - from, 0)
    const room = 100 - idle.length * notch
    const segments: Segment[] = []
    let at = 0
    let left = 0
    const add = (from: number, to: number, isIdle: boolean) => {
      if (to <= from) return
      const width = isIdle ? notch : ((to - from) / busy) * room
      segments.push({ from, to, isIdle, left, width })
      left += width
    }
    for (const [from, to] of idle) {
      add(at, from, false)
      add(from, to, true)
      at = to
    }
    add(at, total, false)
    this.segments = segments
  }

  /** Percent of the width at which a moment stands. */
  at(ms: number): number {
    const inside = Math.min(Math.max(ms, 0), this.total)
    const segment = this.segments.find(({ to }) => inside <= to)
    if (!segment) return 100
    return segment.left + ((inside - segment.from) / (segment.to - segment.from)) * segment.width
  }
}

/** Over a fifth of the whole, with no attempt, no back-off and no token being fetched. */
function idleStretches(spans: readonly Span[], total: number): (readonly [from: number, to: number])[] {
  const busy = spans
    .filter(({ kind }) => kind === 'attempt' || kind === 'token' || kind === 'backoff')
    .map(({ startMs, durationMs }) => [startMs, startMs + (durationMs ?? Infinity)] as const)
    .sort(([a], [b]) => a - b)
  if (busy.length === 0) return []
  const found: (readonly [number, number])[] = []
  let end = 0
  for (const [from, to] of [...busy, [total, total] as const]) {
    if (from - end > total / 5 && from - end > 50) found.push([end, from])
    end = Math.max(end, to)
  }
  return found
}

/** What stands over the stretches that were squeezed: near them, clear of both ends and of each other. */
export function idleLabels({ segments }: Scale): { readonly at: number; readonly ms: number }[] {
  const labels: { readonly at: number; readonly ms: number }[] = []
  for (const { isIdle, left, width, from, to } of segments) {
    const at = Math.min(68, Math.max(26, left + width / 2))
    if (isIdle && at - (labels.at(-1)?.at ?? -100) >= 30) labels.push({ at, ms: to - from })
  }
  return labels
}

export interface PhaseBar {
  readonly phase: Phase
  readonly from: number
  readonly ms: number
}

export const phaseOrder: readonly Phase[] = ['queued', 'dns', 'connect', 'tls', 'send', 'wait', 'receive']

/** Phases one after another from the begin of the attempt. */
export function phaseBars(span: Span): PhaseBar[] {
  let from = span.startMs
  return phaseOrder.flatMap((phase) => {
    const ms = span.attempt?.phases[phase]
    if (ms === undefined) return []
    const bar = { phase, from, ms }
    from += ms
    return [bar]
  })
}
