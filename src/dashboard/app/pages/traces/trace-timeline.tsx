import { useSignal } from '@preact/signals'
import type { Trace } from '../../../../trace/record.js'
import { now } from '../../core/clock.js'
import { duration } from '../../core/format.js'
import { remember, remembered } from '../../core/storage.js'
import { useKeys } from '../../core/use-keys.js'
import { Scale, idleLabels, lengthOf, phaseOrder, rowsOf } from '../../core/waterfall.js'
import { WaterfallRowView } from './waterfall-row.js'

interface Props {
  readonly trace: Trace
  readonly selected: number | undefined
  readonly onSelect: (id: number) => void
}

const none: ReadonlySet<number> = new Set()

/** Spans as a tree, each with its time: a treegrid for the keyboard and for those who listen. */
export function TraceTimeline({ trace, selected, onSelect }: Props) {
  const closed = useSignal(none)
  const withLogs = useSignal(remembered('zato-logs') !== 'off')
  const isReal = useSignal(false)
  const total = lengthOf(trace, trace.state === 'running' ? now.value : 0)
  const scale = new Scale(trace.spans, { total, isReal: isReal.value })
  const hasIdle = new Scale(trace.spans, { total, isReal: false }).segments.some((segment) => segment.isIdle)
  const rows = rowsOf(trace.spans, { closed: closed.value, withLogs: withLogs.value })
  const at = Math.max(
    0,
    rows.findIndex(({ span }) => span.id === selected),
  )

  const setOpen = (id: number, isOpen: boolean) => {
    const next = new Set(closed.value)
    if (isOpen) next.delete(id)
    else next.add(id)
    closed.value = next
  }
  const all = () => new Set(trace.spans.slice(1).map(({ id }) => id))
  useKeys([
    { keys: '[', doc: 'Fold all spans', run: () => (closed.value = all()) },
    { keys: ']', doc: 'Unfold all spans', run: () => (closed.value = none) },
    { keys: 'i', doc: 'Idle time', run: () => (isReal.value = !isReal.value) },
  ])
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at]
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return
    const { key } = event
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, j: at + 1, k: at - 1 }[key]
    if (to !== undefined) focus(rows[Math.min(rows.length - 1, Math.max(0, to))]?.span.id)
    else if (key === 'ArrowRight' && row.hasChildren && !row.isOpen) setOpen(row.span.id, true)
    else if (key === 'ArrowLeft' && row.hasChildren && row.isOpen) setOpen(row.span.id, false)
    else if (key === 'ArrowLeft' && row.level > 1)
      focus(rows.slice(0, at).findLast(({ level }) => level < row.level)?.span.id)
    else if (key !== 'ArrowRight' && key !== 'ArrowLeft') return
    event.preventDefault()
    event.stopPropagation()
  }
  const focus = (id: number | undefined) => {
    if (id === undefined) return
    onSelect(id)
    requestAnimationFrame(() => document.getElementById(`span-${id}`)?.focus())
  }

  return (
    <section class="timeline" aria-label="Timeline">
      <div class="timeline-bar">
        <Legend trace={trace} />
        <div class="row">
          {trace.logs > 0 && (
            <label class="check">
              <input
                type="checkbox"
                checked={withLogs.value}
                onChange={(event) => {
                  withLogs.value = event.currentTarget.checked
                  remember('zato-logs', withLogs.value ? undefined : 'off')
                }}
              />
              Logs
            </label>
          )}
          {hasIdle && (
            <label class="check">
              <input type="checkbox" checked={!isReal.value} onChange={() => (isReal.value = !isReal.value)} />
              Squeeze idle time
            </label>
          )}
        </div>
      </div>
      <div class="waterfall" role="treegrid" aria-label="Spans" onKeyDown={onKeyDown}>
        <div class="wf-row wf-head" role="row">
          <span role="columnheader">Span</span>
          <span role="columnheader">Result</span>
          <span role="columnheader" class="number">
            Took
          </span>
          <span role="columnheader" class="wf-ticks">
            <span class="hidden">Timeline</span>
            <Ticks scale={scale} />
          </span>
        </div>
        {rows.map((row, index) => (
          <WaterfallRowView
            key={row.span.id}
            row={row}
            scale={scale}
            isSelected={row.span.id === selected}
            isReachable={index === at}
            onSelect={() => onSelect(row.span.id)}
            onFold={() => setOpen(row.span.id, !row.isOpen)}
          />
        ))}
      </div>
    </section>
  )
}

function Ticks({ scale }: { readonly scale: Scale }) {
  const hasIdle = scale.segments.some(({ isIdle }) => isIdle)
  const marks = hasIdle ? [0, scale.total] : [0, 0.25, 0.5, 0.75, 1].map((part) => part * scale.total)
  return (
    <>
      {marks.map((ms, index) => (
        <span
          key={index}
          class={`tick ${index === 0 ? 'first' : index === marks.length - 1 ? 'last' : ''}`}
          style={{ '--a': String(scale.at(ms)) }}
          aria-hidden="true"
        >
          {duration(ms)}
        </span>
      ))}
      {idleLabels(scale).map(({ at, ms }) => (
        <span key={at} class="tick idle-tick" style={{ '--a': String(at) }}>
          {`${duration(ms)} idle`}
        </span>
      ))}
    </>
  )
}

function Legend({ trace }: { readonly trace: Trace }) {
  const phases = phaseOrder.filter((phase) => trace.spans.some((span) => span.attempt?.phases[phase] !== undefined))
  const names: readonly string[] = trace.spans.some(({ kind }) => kind === 'backoff') ? [...phases, 'back-off'] : phases
  return (
    <ul class="legend" aria-label="Colours">
      {names.map((name) => (
        <li key={name}>
          <span class={`dot phase-${name.replace('-', '')}`} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  )
}
