import { redacted } from '../redact/mark.js'
import type { BodyRecord, CallRecord, Trace } from './record.js'
import type { ReplayEdits } from './requests.js'

/** Why what a trace did cannot be done again with these edits; undefined if it can. What was hidden or cut is not made up. */
export function whyNotRepeatable(trace: Trace, edits: ReplayEdits = {}): string | undefined {
  const [span] = trace.spans
  if (!span?.request && edits.body === undefined && trace.kind !== 'service') {
    return 'more came than could be recorded in full, and its headers and body were not kept'
  }
  if (holdsSecret(edits.path ?? trace.path)) return hidden('path')
  const param = edits.params ? undefined : secretParam(span?.call)
  if (param !== undefined) return hidden(`parameter "${param}"`)
  return edits.body === undefined ? whyBodyIsNot(span?.request?.body) : undefined
}

function secretParam(call: CallRecord | undefined): string | undefined {
  return call?.params.find(({ value }) => holdsSecret(value))?.name
}

function whyBodyIsNot(body: BodyRecord | undefined): string | undefined {
  if (!body) return undefined
  if (body.keptBytes < body.bytes) return `of its body, ${body.keptBytes} of ${body.bytes} bytes were kept`
  return holdsSecret(body.text) ? hidden('body') : undefined
}

function holdsSecret(text: string | undefined): boolean {
  return text?.includes(redacted) ?? false
}

function hidden(what: string): string {
  return `its ${what} held a secret, which is not kept`
}
