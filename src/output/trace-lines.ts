import type { Span, Trace, TraceResult, TraceSummary } from '../trace/record.js'
import { phasesText, shortCid } from './call-lines.js'
import { escapeLine } from './escape.js'
import { type Style, style } from './style.js'
import type { Symbols } from './symbols.js'
import { formatClock, formatDuration } from './units.js'
import { cut, displayWidth, pad } from './width.js'

/** How a trace looks in a terminal. */

const good = new Set<TraceResult['class']>(['ok', 'redirect'])

export function styleOfResult(result: TraceResult | undefined): Style {
  if (!result) return style.cyan
  if (good.has(result.class)) return style.green
  return result.class === 'client' || result.class === 'aborted' ? style.yellow : style.red
}

/** `✓ 200`, `✕ timeout`, `… running`. */
export function resultText(result: TraceResult | undefined, symbols: Symbols): string {
  if (!result) return `${symbols.more} running`
  const { class: kind, status } = result
  const sign = good.has(kind) ? symbols.ok : kind === 'client' || kind === 'aborted' ? symbols.warn : symbols.fail
  const isWord = kind === 'threw' || kind === 'died' || kind === 'timeout' || kind === 'aborted'
  return `${sign} ${isWord || status === undefined ? kind : status}`
}

/** `3 (2 again)`: calls, and how many attempts were more than one each. */
export function callsText({ calls, attempts }: TraceSummary): string {
  return attempts > calls ? `${calls} (${attempts - calls} again)` : String(calls)
}

export function tookText({ durationMs }: Pick<TraceSummary, 'durationMs'>): string {
  return durationMs === undefined ? '-' : formatDuration(durationMs)
}

/** `10:42:07 ✓ 200 GET /api/orders → get-orders  84 ms  5f1c09e2` */
export function traceLine(trace: TraceSummary, symbols: Symbols): string {
  const { startedAt, title, service, kind, cid, result } = trace
  const runs = kind === 'channel' && service !== undefined ? ` ${symbols.to} ${escapeLine(service)}` : ''
  const shown = styleOfResult(result)(resultText(result, symbols))
  return `${style.dim(formatClock(startedAt))} ${shown} ${escapeLine(title)}${style.dim(runs)}  ${tookText(trace)}  ${style.dim(shortCid(cid))}`
}

const barWidth = 30
const mostLabel = 60

/** The waterfall: each span with its result, how long it took, and when. */
export function waterfall(trace: Trace, { symbols, width }: { symbols: Symbols; width: number }): string[] {
  const total = Math.max(
    trace.durationMs ?? 0,
    ...trace.spans.map(({ startMs, durationMs = 0 }) => startMs + durationMs),
    0.01,
  )
  const depths = depthsOf(trace.spans)
  const labels = trace.spans.map((span) => `${'  '.repeat(depths.get(span.id) ?? 0)}${escapeLine(labelOf(span))}`)
  const results = trace.spans.map((span) => escapeLine(resultOf(span)))
  const bar = Math.max(10, Math.min(barWidth, width - 70))
  const labelWidth = Math.min(mostLabel, Math.max(...labels.map(displayWidth), 4))
  const resultWidth = Math.min(24, Math.max(...results.map(displayWidth), 6))
  const head = `${pad('SPAN', labelWidth)}  ${pad('RESULT', resultWidth)}  ${'TOOK'.padStart(8)}  0 ${symbols.to} ${formatDuration(total)}`
  const rows = trace.spans.map((span, index) => {
    const label = pad(cut(labels[index] ?? '', labelWidth, symbols.more), labelWidth)
    const result = pad(cut(results[index] ?? '', resultWidth, symbols.more), resultWidth)
    const took = span.kind === 'log' ? '' : tookText(span)
    const times = span.attempt ? phasesText(span.attempt.phases) : ''
    const line = `${label}  ${lookOf(span)(result)}  ${took.padStart(8)}  ${barOf(span, { total, width: bar })}`
    return `${line}${times === '' ? '' : `  ${style.dim(times)}`}`.trimEnd()
  })
  return [style.dim(head), ...rows]
}

function depthsOf(spans: readonly Span[]): Map<number, number> {
  const depths = new Map<number, number>()
  for (const { id, parentId } of spans) {
    depths.set(id, parentId === undefined ? 0 : (depths.get(parentId) ?? 0) + 1)
  }
  return depths
}

function labelOf({ kind, name, call, log, reason }: Span): string {
  if (kind === 'log') return `${name}: ${log?.message ?? ''}`
  if (call) return `${call.method} ${name}`
  if (kind === 'attempt') return name
  return kind === 'backoff' || kind === 'token'
    ? `${name}${reason === undefined ? '' : ` (${reason})`}`
    : `${kind} ${name}`
}

function resultOf({ status, error, durationMs }: Span): string {
  if (error) return error.code ?? error.name
  if (status !== undefined) return String(status)
  return durationMs === undefined ? 'running' : ''
}

function lookOf({ error, status = 200 }: Span): Style {
  if (error || status >= 500) return style.red
  return status >= 400 ? style.yellow : style.dim
}

/** In plain characters, which every terminal and every log has. */
function barOf(
  { startMs, durationMs = 0, kind, error }: Span,
  { total, width }: { total: number; width: number },
): string {
  const from = Math.min(width - 1, Math.floor((startMs / total) * width))
  const length = Math.max(1, Math.min(width - from, Math.round((durationMs / total) * width)))
  const mark = kind === 'log' ? '.' : kind === 'backoff' ? '-' : kind === 'token' ? '~' : '='
  const bar = mark.repeat(kind === 'log' ? 1 : length)
  const shown = error ? style.red(bar) : style.cyan(bar)
  return `${' '.repeat(from)}${shown}${' '.repeat(Math.max(0, width - from - (kind === 'log' ? 1 : length)))}`
}
