import type { Span } from '../../../../trace/record.js'
import { duration, placeOf } from '../../core/format.js'
import { resultOfSpan } from '../../core/result.js'
import { type Scale, type WaterfallRow, phaseBars } from '../../core/waterfall.js'
import { Result } from '../../ui/result.js'

interface Props {
  readonly row: WaterfallRow
  readonly scale: Scale
  readonly isSelected: boolean
  /** Whether Tab comes to it. */
  readonly isReachable: boolean
  readonly onSelect: () => void
  readonly onFold: () => void
}

export function WaterfallRowView({ row, scale, isSelected, isReachable, onSelect, onFold }: Props) {
  const { span, level, hasChildren, isOpen, position, siblings } = row
  return (
    <div
      class={`wf-row kind-${span.kind} ${isSelected ? 'chosen' : ''}`}
      role="row"
      id={`span-${span.id}`}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-selected={isSelected}
      tabIndex={isReachable ? 0 : -1}
      onClick={onSelect}
    >
      <span role="gridcell" class="wf-name" style={{ '--level': String(level - 1) }} title={nameOf(span)}>
        <span
          class={`caret ${hasChildren ? '' : 'none'} ${isOpen ? 'open' : ''}`}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation()
            if (hasChildren) onFold()
          }}
        />
        <Label span={span} />
      </span>
      <span role="gridcell" class="wf-result">
        <Result view={resultOfSpan(span)} />
      </span>
      <span role="gridcell" class="number">
        {span.kind === 'log' ? '' : span.durationMs === undefined ? '…' : duration(span.durationMs)}
      </span>
      <span role="gridcell" class="wf-track">
        <Bars span={span} scale={scale} />
        <span class="hidden">{spoken(span)}</span>
      </span>
    </div>
  )
}

function Label({ span }: { readonly span: Span }) {
  const { kind, name, call, log, attempt, source } = span
  if (kind === 'call') {
    return (
      <span class="ellipsis">
        <span class="method">{call?.method ?? 'CALL'}</span> {name}
      </span>
    )
  }
  if (kind === 'log') {
    return (
      <span class="ellipsis">
        <span class={`level ${log?.level ?? ''}`}>{log?.level ?? 'log'}</span> {log?.message ?? name}
      </span>
    )
  }
  if (kind === 'attempt') {
    return (
      <span class="ellipsis">
        {`attempt ${attempt?.number ?? ''}`}{' '}
        {attempt?.socket && <span class="tag">{attempt.socket.isReused ? 'reused' : 'new connection'}</span>}
      </span>
    )
  }
  if (kind === 'backoff') return <span class="ellipsis dim">back-off</span>
  return (
    <span class="ellipsis">
      <span class="dim">{kind}</span> {name} {source && <span class="dim mono small-text">{placeOf(source)}</span>}
    </span>
  )
}

function Bars({ span, scale }: { readonly span: Span; readonly scale: Scale }) {
  const from = scale.at(span.startMs)
  const to = scale.at(span.durationMs === undefined ? scale.total : span.startMs + span.durationMs)
  const phases = phaseBars(span)
  return (
    <>
      {scale.segments.map(
        (segment) =>
          segment.isIdle && (
            <span
              key={segment.from}
              class="idle"
              title={`${duration(segment.to - segment.from)} idle`}
              style={{ '--a': String(segment.left), '--w': String(segment.width) }}
            />
          ),
      )}
      {span.kind === 'log' ? (
        <span class={`log-dot ${span.log?.level ?? ''}`} style={{ '--a': String(from) }} />
      ) : phases.length === 0 ? (
        <span
          class={`bar bar-${span.kind} ${span.durationMs === undefined ? 'running' : ''} ${span.error ? 'failed' : ''}`}
          style={{ '--a': String(from), '--w': String(to - from) }}
        />
      ) : (
        phases.map(({ phase, from: start, ms }) => (
          <span
            key={phase}
            class={`bar phase-${phase}`}
            title={`${phase} ${duration(ms)}`}
            style={{ '--a': String(scale.at(start)), '--w': String(scale.at(start + ms) - scale.at(start)) }}
          />
        ))
      )}
    </>
  )
}

function nameOf({ kind, name, log, call, reason }: Span): string {
  return [kind, log?.message ?? name, call?.url, reason].filter(Boolean).join(' · ')
}

function spoken(span: Span): string {
  const start = `starts at ${duration(span.startMs)}`
  if (span.kind === 'log') return start
  const phases = phaseBars(span).map(({ phase, ms }) => `${phase} ${duration(ms)}`)
  const takes = span.durationMs === undefined ? 'still running' : `takes ${duration(span.durationMs)}`
  return [`${start}, ${takes}`, ...phases].join(', ')
}
