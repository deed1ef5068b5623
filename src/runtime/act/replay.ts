import { ZatoError } from '../../errors.js'
import { redacted } from '../../redact.js'
import type { MessageRecord, Span, Trace } from '../../trace/record.js'
import { whyNotRepeatable } from '../../trace/repeatable.js'
import type { ReplayEdits } from '../../trace/requests.js'

/** What a trace did, as a request that can be sent again: pure. */

export interface Replayed {
  readonly method: string
  readonly path: string
  /** Of a call: by name. */
  readonly params: Readonly<Record<string, string | readonly string[]>>
  /** Without those that are made anew, and without hidden ones. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | Uint8Array | undefined
}

const madeAnew = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
  'x-zato-cid',
  'traceparent',
  'x-zato-ts-replay',
])

/** @throws ZatoError ZU001 if it was not kept whole, and the edits do not give what is missing */
export function replayed(trace: Trace, edits: ReplayEdits = {}): Replayed {
  const reason = whyNotRepeatable(trace, edits)
  if (reason !== undefined) throw refusal(reason)
  const span = trace.spans[0]
  return {
    method: edits.method ?? span?.call?.method ?? trace.method ?? 'GET',
    path: edits.path ?? trace.path ?? '',
    params: edits.params ?? paramsOf(span),
    headers: edits.headers ?? headersOf(span?.request),
    body: edits.body ?? bodyOf(span?.request),
  }
}

function headersOf(request: MessageRecord | undefined): Replayed['headers'] {
  const isKept = ([name, value]: readonly [string, string]) =>
    !madeAnew.has(name.toLowerCase()) && !value.includes(redacted)
  return (request?.headers ?? []).filter(isKept)
}

function paramsOf(span: Span | undefined): Replayed['params'] {
  const params = new Map<string, string | readonly string[]>()
  for (const { name, value } of span?.call?.params ?? []) {
    const before = params.get(name)
    params.set(name, before === undefined ? value : [before, value].flat())
  }
  return Object.fromEntries(params)
}

function bodyOf(request: MessageRecord | undefined): string | Uint8Array | undefined {
  const { body } = request ?? {}
  if (body?.base64 !== undefined) return Buffer.from(body.base64, 'base64')
  return body && (body.text ?? '')
}

function refusal(reason: string): ZatoError {
  return new ZatoError('ZU001', `It cannot be repeated as it was: ${reason}`, { hint: 'repeat it with edits' })
}
