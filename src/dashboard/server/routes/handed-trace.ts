import type { Span, SpanKind, Trace, TraceKind, TraceResult } from '../../../trace/record.js'
import { type Check, anything, flag, list, number, object, oneOf, optional, record, text } from '../checks.js'
import { invalid } from '../failure.js'

/** A trace that was recorded by another process, which knows the token. It is checked as far as it is used here. */

const kind: Check<TraceKind> = oneOf('channel', 'service', 'call', 'ping')
const spanKind: Check<SpanKind> = oneOf('channel', 'service', 'call', 'attempt', 'backoff', 'token', 'log')
const source: Check<Trace['source']> = oneOf('http', 'cli', 'dashboard', 'schedule')
const resultClass: Check<TraceResult['class']> = oneOf(
  'ok',
  'redirect',
  'client',
  'server',
  'network',
  'timeout',
  'threw',
  'aborted',
  'died',
)
const count = number({ integer: true })
const part = optional(record(anything))

const result = object({ class: resultClass, status: optional(count), code: optional(text), message: optional(text) })

const span = object({
  id: count,
  parentId: optional(count),
  kind: spanKind,
  name: text,
  startMs: number({ min: -1e9 }),
  durationMs: optional(number()),
  status: optional(count),
  error: part,
  request: part,
  response: part,
  call: part,
  attempt: part,
  source: part,
  log: part,
  reason: optional(text),
})

const trace = object({
  id: number({ min: -1, integer: true }),
  cid: text,
  kind,
  title: text,
  method: optional(text),
  path: optional(text),
  channel: optional(text),
  service: optional(text),
  connection: optional(text),
  startedAt: number(),
  durationMs: optional(number()),
  state: oneOf('running', 'done'),
  result: optional(result),
  calls: count,
  attempts: count,
  logs: count,
  replayOf: optional(count),
  isPinned: flag,
  source,
  dropped: part,
  spans: list(span),
})

/** What the page and the commands show by their own hands is checked to be there; the rest is data to them. */
export const handedTrace: Check<Trace> = (value, path) => {
  const checked = trace(value, path)
  for (const [index, { error, call, attempt, log }] of checked.spans.entries()) {
    const at = `${path}.spans[${index}]`
    if (error) record(anything)(error, `${at}.error`)
    if (error && (typeof error.name !== 'string' || typeof error.message !== 'string')) throw incomplete(`${at}.error`)
    if (call && (typeof call.connection !== 'string' || !Array.isArray(call.params))) throw incomplete(`${at}.call`)
    if (attempt && (typeof attempt.number !== 'number' || !attempt.phases)) throw incomplete(`${at}.attempt`)
    if (log && (typeof log.level !== 'string' || typeof log.message !== 'string')) throw incomplete(`${at}.log`)
  }
  return { ...checked, spans: checked.spans as unknown as readonly Span[] }
}

function incomplete(path: string) {
  return invalid(`"${path}" is not complete`)
}
