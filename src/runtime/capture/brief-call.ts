import type { CallEvent } from '../../trace/events.js'
import type { LiveTrace } from '../../trace/live-trace.js'

/** Adds a call of which only its event has been told. */
export function openBriefly(trace: LiveTrace, event: CallEvent, parent: number | undefined): void {
  const { connection: name, method, url, startedAt, elapsedMs, attempts, statusCode, phases } = event
  const timing = { startMs: Math.max(0, startedAt - trace.start.startedAt), durationMs: elapsedMs, status: statusCode }
  const call = { connection: name, method, template: url.split('?', 1)[0] ?? url, url, params: [] }
  const parentId = trace.open({ kind: 'call', name, parentId: parent, ...timing, call })
  trace.open({
    kind: 'attempt',
    name: `attempt ${attempts}`,
    parentId,
    ...timing,
    attempt: { number: attempts, phases },
  })
}
