import { ZatoError } from '../errors.js'
import type { Redactor } from '../redact.js'
import { errorRecord } from '../trace/error-record.js'
import type { ErrorRecord } from '../trace/record.js'
import type { Recorder } from '../trace/recorder.js'
import { isHttpError } from './errors.js'

/** A service that another invoked, as a span of its own. */
export async function recorded(
  recorder: Recorder,
  name: string,
  work: (span: number) => Promise<unknown>,
): Promise<unknown> {
  const span = recorder.open({ kind: 'service', name })
  try {
    const payload = await work(span)
    recorder.close(span)
    return payload
  } catch (thrown) {
    recorder.close(span, { error: thrownRecord(thrown, recorder.redactor) })
    throw thrown
  }
}

/** What was thrown by code of the user's own has the code that the log gives it. */
export function thrownRecord(thrown: unknown, redactor: Redactor): ErrorRecord {
  const record = errorRecord(thrown, redactor)
  return thrown instanceof ZatoError || isHttpError(thrown) ? record : { ...record, code: 'ZS500' }
}
