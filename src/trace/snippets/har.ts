import type { AttemptRecord, BodyRecord, MessageRecord, Span, Trace } from '../record.js'

/** HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): what browsers and other tools read. */
export interface Har {
  readonly log: {
    readonly version: '1.2'
    readonly creator: { readonly name: string; readonly version: string }
    readonly entries: readonly HarEntry[]
  }
}

export interface HarEntry {
  readonly startedDateTime: string
  readonly time: number
  readonly request: unknown
  readonly response: unknown
  readonly cache: Readonly<Record<string, never>>
  readonly timings: Readonly<Record<string, number>>
  readonly serverIPAddress?: string | undefined
  readonly comment: string
}

interface HarContext {
  /** Of zato-ts. */
  readonly version: string
  /** Where the channels are. */
  readonly channelsUrl: string
}

/** Each request to a channel, and each attempt of each call, as one entry. */
export function harOf(traces: readonly Trace[], context: HarContext): Har {
  const entries = traces.flatMap((trace) => trace.spans.flatMap((span) => entriesOf(trace, span, context)))
  return { log: { version: '1.2', creator: { name: 'zato-ts', version: context.version }, entries } }
}

function entriesOf(trace: Trace, span: Span, { channelsUrl }: HarContext): HarEntry[] {
  if (span.kind === 'channel') {
    const url = channelsUrl.replace(/\/$/, '') + (trace.path ?? '')
    return [entry(trace, span, { method: trace.method ?? '', url, request: span.request })]
  }
  const call = trace.spans.find(({ id }) => id === span.parentId)
  if (span.kind !== 'attempt' || !call?.call) return []
  return [entry(trace, span, { method: call.call.method, url: call.call.url, request: call.request })]
}

interface Sent {
  readonly method: string
  readonly url: string
  readonly request: MessageRecord | undefined
}

function entry(trace: Trace, span: Span, { method, url, request }: Sent): HarEntry {
  const { startMs, durationMs = 0, status = 0, response, error, attempt } = span
  const remote = attempt?.socket?.remote?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return {
    startedDateTime: new Date(trace.startedAt + startMs).toISOString(),
    time: durationMs,
    request: {
      method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: headersOf(request),
      queryString: queryOf(url),
      ...(request?.body && { postData: { mimeType: request.body.type ?? '', text: textOf(request.body) } }),
      headersSize: -1,
      bodySize: request?.body?.bytes ?? 0,
    },
    response: {
      status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: headersOf(response),
      content: contentOf(response?.body),
      redirectURL: '',
      headersSize: -1,
      bodySize: response?.body?.bytes ?? 0,
      ...(error && { comment: error.message }),
    },
    cache: {},
    timings: timingsOf(attempt, durationMs),
    ...(remote !== undefined && { serverIPAddress: remote }),
    comment: `${trace.cid} ${span.kind} ${span.name}`,
  }
}

function headersOf(message: MessageRecord | undefined) {
  return (message?.headers ?? []).map(([name, value]) => ({ name, value }))
}

function queryOf(url: string) {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }))
}

function contentOf(body: BodyRecord | undefined) {
  if (!body) return { size: 0, mimeType: '' }
  const encoding = body.base64 !== undefined && { encoding: 'base64' }
  return { size: body.bytes, mimeType: body.type ?? '', text: textOf(body), ...encoding }
}

function textOf({ text, base64 }: BodyRecord): string {
  return text ?? base64 ?? ''
}

/** -1 says that there was none. HAR counts TLS to the time of connecting. */
function timingsOf(attempt: AttemptRecord | undefined, durationMs: number): Record<string, number> {
  if (!attempt) return { send: 0, wait: durationMs, receive: 0 }
  const { queued = -1, dns = -1, connect, tls, send = 0, wait = 0, receive = 0 } = attempt.phases
  const connecting = connect === undefined ? -1 : connect + (tls ?? 0)
  return { blocked: queued, dns, connect: connecting, ssl: tls ?? -1, send, wait, receive }
}
