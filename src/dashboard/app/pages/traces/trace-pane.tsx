import { useEffect } from 'preact/hooks'
import { useSignal } from '@preact/signals'
import type { TraceReply } from '../../../shared/api.js'
import { part } from '../../core/client.js'
import { shortCid } from '../../core/format.js'
import { methodOf, resultOf, subjectOf } from '../../core/result.js'
import { navigate } from '../../core/router.js'
import { setTitle } from '../../core/title.js'
import { useTraces } from '../../stores/one-trace.js'
import { Pending } from '../../ui/states.js'
import { CompareStrip } from './compare.js'
import { ReplayForm } from './replay-form.js'
import { SpanPanel } from './span-panel.js'
import { TraceHead } from './trace-head.js'
import { TraceTimeline } from './trace-timeline.js'

interface Props {
  readonly cid: string
  readonly spanId: number | undefined
}

/** All that happened under one correlation id. */
export function TracePane({ cid, spanId }: Props) {
  const { value, problem, load } = useTraces(cid)
  const chosen = useSignal<number | undefined>(undefined)
  const isEditing = useSignal(false)
  const all: TraceReply['traces'] = value.value?.traces ?? []
  const trace = all.find(({ id }) => id === chosen.value) ?? all.at(-1)
  const told = trace && resultOf(trace).text
  useEffect(() => {
    if (trace) setTitle(told ?? '', `${methodOf(trace)} ${subjectOf(trace)}`)
    else setTitle('Trace')
  }, [told, trace?.id])

  if (!trace) {
    if (problem.value?.status === 404) return <Gone hint={problem.value.detail.hint} />
    return <Pending title={`Trace ${shortCid(cid)}`} problem={problem.value} onRetry={() => void load()} />
  }
  const span = trace.spans.find(({ id }) => id === spanId) ?? firstWorthShowing(trace.spans) ?? trace.spans[0]
  return (
    <article class="trace" aria-label={`Trace ${cid}`}>
      {all.length > 1 && (
        <label class="trace-choice">
          {`${all.length} traces have this correlation id`}
          <select value={trace.id} onChange={(event) => (chosen.value = Number(event.currentTarget.value))}>
            {all.map((one) => (
              <option key={one.id} value={one.id}>{`${methodOf(one)} ${subjectOf(one)}`}</option>
            ))}
          </select>
        </label>
      )}
      <TraceHead trace={trace} span={span} onEdit={() => (isEditing.value = true)} />
      {trace.replayOf !== undefined && <CompareStrip key={trace.id} trace={trace} />}
      {trace.spans.length === 0 ? (
        <p class="dim">No spans were captured.</p>
      ) : (
        <TraceTimeline
          trace={trace}
          selected={span?.id}
          onSelect={(id) => navigate(`/traces/${part(cid)}/${id}${location.search}`, { replace: true })}
        />
      )}
      {span && <SpanPanel key={`${trace.id}-${span.id}`} trace={trace} span={span} />}
      {isEditing.value && <ReplayForm trace={trace} onClose={() => (isEditing.value = false)} />}
    </article>
  )
}

/** What failed, else what was called. */
function firstWorthShowing(spans: TraceReply['traces'][number]['spans']) {
  return (
    spans.findLast(({ error, kind }) => error !== undefined && kind === 'attempt') ??
    spans.find(({ request }) => request)
  )
}

function Gone({ hint }: { readonly hint: string | undefined }) {
  return (
    <div class="empty">
      <h1>This trace is gone</h1>
      {hint !== undefined && <p>{hint}</p>}
      <a href="/traces">All traces</a>
    </div>
  )
}
