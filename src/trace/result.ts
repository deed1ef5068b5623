import type { ErrorRecord, TraceResult } from './record.js'

/** What became of an invocation, in the words of a trace. */

export function resultOfStatus(status: number): TraceResult {
  return { class: classOfStatus(status), status }
}

function classOfStatus(status: number): TraceResult['class'] {
  if (status < 300) return 'ok'
  if (status < 400) return 'redirect'
  return status < 500 ? 'client' : 'server'
}

/** Of one outgoing call. */
export function resultOfCall(status: number | undefined, error: ErrorRecord | undefined): TraceResult {
  if (!error) return resultOfStatus(status ?? 0)
  const { code, message } = error
  return { class: classOfCallError(code), code, message, ...(status !== undefined && { status }) }
}

function classOfCallError(code = ''): TraceResult['class'] {
  if (code === 'ZN201') return 'timeout'
  if (code === 'ZN601') return 'aborted'
  return /^ZN(1|3|7)/.test(code) ? 'network' : 'threw'
}

/** Of a service, and of the channel that it stands behind. */
export function resultOfService(status: number, error: ErrorRecord | undefined): TraceResult {
  if (!error) return resultOfStatus(status)
  const { code, message } = error
  const isChosen = code !== undefined && /^Z(N|H|S301$)/.test(code)
  return { class: isChosen ? classOfStatus(status) : 'threw', status, code, message }
}
