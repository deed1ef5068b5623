import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { ApiProblem } from '../core/client.js'
import { act, copyText } from './act.js'

/** Nothing is there, and what can be done about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** What failed, why, and two ways on. */
export function Failure({ problem, onRetry }: { readonly problem: ApiProblem; readonly onRetry: () => void }) {
  const { code, hint, file, line } = problem.detail
  const told = [
    problem.message,
    hint,
    file && `${file}${line ? `:${line}` : ''}`,
    `${problem.status || ''} ${code}`.trim(),
  ]
  return (
    <div class="failure" role="alert">
      <p class="failure-title">{problem.message}</p>
      {hint !== undefined && <p>{hint}</p>}
      <p class="dim mono">{`${problem.status === 0 ? '' : `HTTP ${problem.status} · `}${code}`}</p>
      <p class="row">
        <button type="button" onClick={onRetry}>
          Retry
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => act(() => copyText(told.filter(Boolean).join('\n'), 'the details'))}
        >
          Copy details
        </button>
      </p>
    </div>
  )
}

interface PendingProps {
  readonly title: string
  readonly problem: ApiProblem | undefined
  readonly onRetry: () => void
}

/** A page that has nothing to show yet. */
export function Pending({ title, problem, onRetry }: PendingProps) {
  return (
    <div class="page">
      <div class="toolbar">
        <h1>{title}</h1>
      </div>
      {problem ? <Failure problem={problem} onRetry={onRetry} /> : <Loading />}
    </div>
  )
}

/** Shown only if it takes long enough to be noticed. */
export function Loading() {
  const isSlow = useSignal(false)
  useEffect(() => {
    const timer = setTimeout(() => (isSlow.value = true), 150)
    return () => clearTimeout(timer)
  }, [])
  if (!isSlow.value) return null
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {[80, 62, 71, 48, 66, 58].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
