import type { Span, Trace } from '../../../../trace/record.js'
import { whyNotRepeatable } from '../../../../trace/repeatable.js'
import { now } from '../../core/clock.js'
import { clock, duration, shortCid } from '../../core/format.js'
import { methodOf, resultOf, subjectOf } from '../../core/result.js'
import { navigate } from '../../core/router.js'
import { request } from '../../core/client.js'
import { useKeys } from '../../core/use-keys.js'
import { traces } from '../../stores/traces.js'
import { act, copyText } from '../../ui/act.js'
import { CopyButton } from '../../ui/copy-button.js'
import { Icon } from '../../ui/icon.js'
import { Menu } from '../../ui/menu.js'
import { Result } from '../../ui/result.js'
import { copyHar, copySnippet, remove, replay, setPinned } from './actions.js'

interface Props {
  readonly trace: Trace
  readonly span: Span | undefined
  readonly onEdit: () => void
}

export function TraceHead({ trace, span, onEdit }: Props) {
  const original = traces.value.rows.find(({ id }) => id === trace.replayOf)
  const repeats = traces.value.rows.filter(({ replayOf }) => replayOf === trace.id)
  useKeys([
    { keys: 'r', doc: 'Replay', run: () => act(() => replay(trace.id)) },
    { keys: 'Shift+R', doc: 'Replay with edits', run: onEdit },
    { keys: 'c', doc: 'Copy as curl', run: () => act(() => copySnippet(trace, span?.id, 'curl')) },
    { keys: 's', doc: 'Pin', run: () => act(() => setPinned(trace, !trace.isPinned)) },
    { keys: 'x', doc: 'Delete', run: () => act(() => remove(trace)) },
    { keys: 'b', doc: 'Back', run: () => (original ? navigate(`/traces/${original.cid}${location.search}`) : false) },
  ])
  const took = trace.durationMs ?? Math.max(0, now.value - trace.startedAt)
  return (
    <header class="trace-head">
      <div class="trace-title">
        <a
          class="button quiet icon-only"
          href={`/traces${location.search}`}
          aria-label="Back to the list"
          title="Back to the list (Esc)"
        >
          <Icon name="back" />
        </a>
        <h1>
          <span class="method">{methodOf(trace)}</span> {subjectOf(trace)}
        </h1>
        <Result view={resultOf(trace)} />
        <span class="took">{duration(took)}</span>
      </div>
      <div class="trace-facts dim">
        <span title={new Date(trace.startedAt).toISOString()}>{clock(trace.startedAt)}</span>
        <span class="fact">
          cid{' '}
          <span class="mono" title={trace.cid}>
            {shortCid(trace.cid)}
          </span>
          <CopyButton text={trace.cid} what="the correlation id" />
        </span>
        {trace.replayOf !== undefined && (
          <span>
            replay of{' '}
            {original ? <a href={`/traces/${original.cid}`}>{shortCid(original.cid)}</a> : 'a trace that is gone'}
          </span>
        )}
        {repeats.slice(0, 3).map((one) => (
          <span key={one.id}>
            replayed as <a href={`/traces/${one.cid}`}>{shortCid(one.cid)}</a>
          </span>
        ))}
      </div>
      <div class="trace-actions row">
        <ReplayButton trace={trace} />
        <button type="button" onClick={onEdit}>
          <Icon name="edit" />
          Replay with edits
        </button>
        <CopyMenu trace={trace} span={span} />
        <button
          type="button"
          aria-pressed={trace.isPinned}
          onClick={() => act(() => setPinned(trace, !trace.isPinned))}
        >
          <Icon name="pin" />
          {trace.isPinned ? 'Pinned' : 'Pin'}
        </button>
        {trace.state === 'running' && (
          <button type="button" onClick={() => act(() => request('POST', `/trace/${trace.id}/cancel`))}>
            Cancel
          </button>
        )}
        <button
          type="button"
          class="quiet icon-only"
          aria-label="Delete the trace"
          title="Delete (x)"
          onClick={() => act(() => remove(trace))}
        >
          <Icon name="trash" />
        </button>
      </div>
      <Cut trace={trace} />
    </header>
  )
}

function ReplayButton({ trace }: { readonly trace: Trace }) {
  const reason = whyNotRepeatable(trace)
  return (
    <button
      type="button"
      class="primary"
      disabled={reason !== undefined}
      title={reason && `It cannot be repeated as it was: ${reason}. It can be with edits`}
      onClick={() => act(() => replay(trace.id))}
    >
      <Icon name="replay" />
      Replay
    </button>
  )
}

function CopyMenu({ trace, span }: { readonly trace: Trace; readonly span: Span | undefined }) {
  const snippet = (kind: Parameters<typeof copySnippet>[2]) => () => act(() => copySnippet(trace, span?.id, kind))
  return (
    <Menu
      label="Copy"
      items={[
        { label: 'curl', hint: 'c', run: snippet('curl') },
        { label: 'zato-ts call', run: snippet('zato') },
        { label: 'TypeScript', run: snippet('typescript') },
        { label: 'HTTP', run: snippet('http') },
        { label: 'URL', run: snippet('url') },
        { label: 'Correlation id', run: () => act(() => copyText(trace.cid, 'the correlation id')) },
        { label: 'Trace as JSON', run: () => act(() => copyText(JSON.stringify(trace, null, 2), 'the trace')) },
        { label: 'HAR', run: () => act(() => copyHar(trace)) },
      ]}
    >
      <Icon name="copy" />
      Copy
      <Icon name="down" />
    </Menu>
  )
}

function Cut({ trace: { dropped } }: { readonly trace: Trace }) {
  if (!dropped) return null
  const parts = [
    dropped.details === true && 'Headers and bodies were not kept: more came than can be recorded in full',
    dropped.spans !== undefined && `${dropped.spans} further spans were not kept`,
  ].filter(Boolean)
  return <p class="note warn">{parts.join('; ')}</p>
}
