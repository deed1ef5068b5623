import type { StatsView } from '../../shared/api.js'
import { now } from '../core/clock.js'
import { ago, duration } from '../core/format.js'

/** What the last five minutes were like. */
export function Stats({ stats: { count, errors, p50Ms, p95Ms } }: { readonly stats: StatsView }) {
  if (count === 0) return <span class="dim">–</span>
  return (
    <span class="stats">
      <span>{count}×</span>
      {errors > 0 && <span class="result bad">{`✕ ${errors}`}</span>}
      {p50Ms !== undefined && <span class="dim">{`p50 ${duration(p50Ms)}`}</span>}
      {p95Ms !== undefined && <span class="dim">{`p95 ${duration(p95Ms)}`}</span>}
    </span>
  )
}

export function LastResult({ stats: { last } }: { readonly stats: StatsView }) {
  if (!last) return <span class="dim">not yet called</span>
  const isGood = /^(ok|redirect|[123]\d\d)/.test(last.result)
  return (
    <span class="last" title={new Date(last.at).toISOString()}>
      <span class={`result ${isGood ? 'ok' : 'bad'}`}>{`${isGood ? '✓' : '✕'} ${last.result}`}</span>{' '}
      <span class="dim nowrap">{`${duration(last.ms)},`}</span>{' '}
      <span class="dim nowrap">{ago(last.at, now.value)}</span>
    </span>
  )
}

export function Security({
  security,
}: {
  readonly security: { readonly name: string; readonly type?: string | undefined } | undefined
}) {
  if (!security) return <span class="dim">none</span>
  if (security.type === undefined) return <span class="result bad">{`✕ ${security.name}: no such definition`}</span>
  return (
    <>
      {security.name} <span class="tag">{security.type}</span>
    </>
  )
}
