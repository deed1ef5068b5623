import { ZatoError } from '../errors.js'
import type { Redactor } from '../redact.js'
import { keptTextLength } from './limits.js'
import type { ErrorRecord } from './record.js'

const deepestCause = 5

/** An error as it is remembered: without secrets. Never throws, whatever was thrown. */
export function errorRecord(thrown: unknown, redactor: Redactor): ErrorRecord {
  try {
    return recordOf(thrown, redactor, deepestCause)
  } catch {
    return { name: 'Error', message: 'A value that cannot be shown was thrown' }
  }
}

function recordOf(thrown: unknown, redactor: Redactor, deepest: number): ErrorRecord {
  const shown = (text: unknown) => redactor.url(String(text)).slice(0, keptTextLength)
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: shown(thrown) }
  const { name, message, stack, cause } = thrown
  const { code, phase } = thrown as { code?: unknown; phase?: unknown }
  const hint = thrown instanceof ZatoError ? thrown.hint : undefined
  return {
    name: shown(name),
    message: shown(message),
    ...(typeof code === 'string' && { code: shown(code) }),
    ...(hint !== undefined && { hint: shown(hint) }),
    ...(typeof phase === 'string' && { phase: shown(phase) }),
    ...(typeof stack === 'string' && { stack: shown(stack) }),
    ...(cause !== undefined && deepest > 1 && { cause: recordOf(cause, redactor, deepest - 1) }),
  }
}
