import type { Span, TraceResult, TraceSummary } from '../../../trace/record.js'

/** A symbol, a word and a tone: never a colour alone. */
export interface ResultView {
  readonly symbol: string
  readonly text: string
  readonly tone: 'ok' | 'warn' | 'bad' | 'run' | 'dim'
  readonly title?: string | undefined
}

const looks: Readonly<Record<TraceResult['class'], readonly [symbol: string, tone: ResultView['tone'], word: string]>> =
  {
    ok: ['✓', 'ok', 'ok'],
    redirect: ['→', 'dim', 'redirect'],
    client: ['!', 'warn', 'refused'],
    server: ['✕', 'bad', 'failed'],
    network: ['✕', 'bad', 'no reply'],
    timeout: ['✕', 'bad', 'timeout'],
    threw: ['✕', 'bad', 'threw'],
    aborted: ['↯', 'warn', 'client left'],
    died: ['✕', 'bad', 'process died'],
  }

export function resultOf({ state, result }: Pick<TraceSummary, 'state' | 'result'>): ResultView {
  if (state === 'running' || !result) return { symbol: '…', text: 'running', tone: 'run' }
  const [symbol, tone, word] = looks[result.class]
  const named = result.class === 'timeout' || result.class === 'aborted' || result.class === 'died'
  const text = result.status !== undefined && !named ? String(result.status) : word
  return {
    symbol,
    text: result.class === 'threw' && text !== word ? `${text} threw` : text,
    tone,
    title: result.message,
  }
}

export function resultOfSpan(span: Span): ResultView {
  if (span.durationMs === undefined) return { symbol: '…', text: 'running', tone: 'run' }
  if (span.status !== undefined) return resultOfStatus(span.status)
  if (span.error)
    return { symbol: '✕', text: span.error.code ?? span.error.name, tone: 'bad', title: span.error.message }
  if (span.kind === 'backoff' || span.kind === 'log') return { symbol: '', text: '', tone: 'dim' }
  return { symbol: '✓', text: 'ok', tone: 'ok' }
}

export function resultOfStatus(status: number): ResultView {
  const text = String(status)
  if (status >= 500) return { symbol: '✕', text, tone: 'bad' }
  if (status >= 400) return { symbol: '!', text, tone: 'warn' }
  if (status >= 300) return { symbol: '→', text, tone: 'dim' }
  return { symbol: '✓', text, tone: 'ok' }
}

/** What stands before the path: the method, or what kind of trace it is. */
export function methodOf({ kind, method }: Pick<TraceSummary, 'kind' | 'method'>): string {
  if (kind === 'service') return 'RUN'
  if (kind === 'ping') return 'PING'
  if (kind === 'call') return 'CALL'
  return method ?? 'ANY'
}

/** What a trace is about, without its method. */
export function subjectOf(trace: TraceSummary): string {
  if (trace.kind === 'channel') return trace.path ?? trace.title
  if (trace.kind === 'service') return trace.service ?? trace.title
  return trace.connection ?? trace.title
}
