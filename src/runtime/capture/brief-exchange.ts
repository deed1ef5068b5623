import type { CallEvent } from '../../trace/events.js'
import { type LateSpans, type LiveTrace, rounded } from '../../trace/live-trace.js'
import type { SourceRecord, TraceResult } from '../../trace/record.js'
import { resultOfStatus } from '../../trace/result.js'

/** What is kept of a request that is not recorded in full: one object, because there may be thousands a second. */
export class BriefExchange implements LateSpans {
  calls = 0
  attempts = 0
  statusCode = 0
  durationMs = 0
  dispatchedMs = 0
  answeredMs = 0
  /** Of the channel, or the path. */
  name = ''
  /** Undefined if none was run. */
  service: string | undefined
  source: SourceRecord | undefined
  events: readonly CallEvent[] = noEvents

  get result(): TraceResult {
    return resultOfStatus(this.statusCode)
  }

  openIn(trace: LiveTrace): void {
    const { name, service, source, statusCode: status, durationMs, dispatchedMs: startMs, answeredMs } = this
    const parentId = trace.open({ kind: 'channel', name, startMs: 0, durationMs, status })
    if (service === undefined) return
    const took = rounded(answeredMs - startMs)
    const run = trace.open({ kind: 'service', name: service, parentId, startMs, durationMs: took, status, source })
    for (const call of this.events) openBriefly(trace, call, run)
  }
}

const noEvents: readonly CallEvent[] = []

/** A call of which only its event has been told. */
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
