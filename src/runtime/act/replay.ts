import { ZatoError } from '../../errors.js'
import { redacted } from '../../redact.js'
import type { MessageRecord, Span, Trace } from '../../trace/record.js'
import type { ReplayEdits } from '../../trace/requests.js'

/** What a trace did, as a request that can be sent again: pure. What was hidden or cut is not made up. */

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
  const span = trace.spans[0]
  if (!span?.request && edits.body === undefined && trace.kind !== 'service') {
    throw refusal('more came than could be recorded in full, and its headers and body were not kept')
  }
  return {
    method: edits.method ?? span?.call?.method ?? trace.method ?? 'GET',
    path: whole(edits.path ?? trace.path ?? '', 'path'),
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
    const text = whole(value, `parameter "${name}"`)
    params.set(name, before === undefined ? text : [before, text].flat())
  }
  return Object.fromEntries(params)
}

function bodyOf(request: MessageRecord | undefined): string | Uint8Array | undefined {
  const { body } = request ?? {}
  if (!body) return undefined
  if (body.keptBytes < body.bytes) throw refusal(`of its body, ${body.keptBytes} of ${body.bytes} bytes were kept`)
  if (body.base64 !== undefined) return Buffer.from(body.base64, 'base64')
  return whole(body.text ?? '', 'body')
}

function whole(text: string, what: string): string {
  // In an address it may have been encoded on the way.
  if (text.includes(redacted)) throw refusal(`its ${what} held a secret, which is not kept`)
  return text
}

function refusal(reason: string): ZatoError {
  return new ZatoError('ZU001', `It cannot be repeated as it was: ${reason}`, { hint: 'repeat it with edits' })
}
