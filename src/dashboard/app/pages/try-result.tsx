import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { now } from '../core/clock.js'
import { part } from '../core/client.js'
import { duration } from '../core/format.js'
import { resultOf } from '../core/result.js'
import { useTraces } from '../stores/one-trace.js'
import { Failure } from '../ui/states.js'
import { Result } from '../ui/result.js'
import { SpanPanel } from './traces/span-panel.js'
import { TraceTimeline } from './traces/trace-timeline.js'

interface Props {
  readonly cid: string
  readonly id: number | undefined
  /** Told the id while it runs, undefined afterwards. */
  readonly onRunning: (id: number | undefined) => void
}

/** What came of it, while it comes. */
export function TryResult({ cid, id, onRunning }: Props) {
  const { value, problem, load } = useTraces(cid)
  const selected = useSignal<number | undefined>(undefined)
  const all = value.value?.traces ?? []
  const trace = all.find((one) => one.id === id) ?? all[0]
  const running = trace?.state === 'running' ? trace.id : undefined
  useEffect(() => onRunning(running), [running])
  if (!trace) {
    if (problem.value) return <Failure problem={problem.value} onRetry={() => void load()} />
    return <p class="dim">Sending…</p>
  }
  const answered = trace.spans.findLast(({ kind, response }) => kind !== 'log' && response !== undefined)
  const failed = trace.spans.findLast(({ error }) => error !== undefined)
  const span = trace.spans.find((one) => one.id === selected.value) ?? answered ?? failed ?? trace.spans[0]
  return (
    <section class="try-result" aria-label="Result">
      <div class="row">
        <span role="status">
          <Result view={resultOf(trace)} />
        </span>
        <span class="took">{duration(trace.durationMs ?? Math.max(0, now.value - trace.startedAt))}</span>
        {trace.result?.message !== undefined && <span class="dim ellipsis">{trace.result.message}</span>}
        <a class="push" href={`/traces/${part(cid)}`}>
          Open the trace
        </a>
      </div>
      <TraceTimeline trace={trace} selected={span?.id} onSelect={(one) => (selected.value = one)} />
      {span && <SpanPanel key={span.id} trace={trace} span={span} />}
    </section>
  )
}
