import type { CallEvent } from '../../trace/events.js'
import type { LiveTrace } from '../../trace/live-trace.js'

/** Adds the spans of a call of which nothing but its event is known. @param parent of its span */
export function openBriefCall(trace: LiveTrace, event: CallEvent, parent: number | undefined): void {
  const {
    connection: name,
    method,
    url,
    startedAt,
    elapsedMs: durationMs,
    attempts,
    statusCode: status,
    phases,
  } = event
  const timing = { startMs: Math.max(0, startedAt - trace.start.startedAt), durationMs, status }
  const call = { connection: name, method, template: url.split('?', 1)[0] ?? url, url, params: [] }
  const parentId = trace.open({ kind: 'call', name, parentId: parent, ...timing, call })
  const attempt = { number: attempts, phases }
  trace.open({ kind: 'attempt', name: `attempt ${attempts}`, parentId, ...timing, attempt })
}
