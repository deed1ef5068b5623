import type { Phase } from './events.js'

/** What is remembered of one invocation, redacted before it got here. Plain data: it is stored, sent and exported as it is. */
export interface Trace extends TraceSummary {
  /** In the order in which they began; the first is the invocation itself. */
  readonly spans: readonly Span[]
}

/** A trace without what happened in it: what a list needs. */
export interface TraceSummary {
  /** Unique among the traces of a server, rising. */
  readonly id: number
  /** Not unique: a caller may bring the same one again. */
  readonly cid: string
  readonly kind: TraceKind
  /** `GET /api/customers/12345/orders`, `GET Orders API` or the name of a service. */
  readonly title: string
  readonly method?: string | undefined
  /** With its query, as it was sent. */
  readonly path?: string | undefined
  readonly channel?: string | undefined
  readonly service?: string | undefined
  /** Of a trace that is one outgoing call. */
  readonly connection?: string | undefined
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Absent while it runs. */
  readonly durationMs?: number | undefined
  readonly state: 'running' | 'done'
  /** Absent while it runs. */
  readonly result?: TraceResult | undefined
  /** Outgoing calls under it. */
  readonly calls: number
  /** Attempts of all of them. */
  readonly attempts: number
  /** Log lines under it. */
  readonly logs: number
  /** Id of the trace that it repeats. */
  readonly replayOf?: number | undefined
  readonly isPinned: boolean
  readonly source: 'http' | 'cli' | 'dashboard' | 'schedule'
  /** What is missing from it, and why; absent if nothing is. */
  readonly dropped?: TraceDropped | undefined
}

export type TraceKind = 'channel' | 'service' | 'call' | 'ping'

export interface TraceResult {
  /** `network`: no usable reply; `threw`: the service did; `aborted`: the caller went away; `died`: the services' process did. */
  readonly class: 'ok' | 'redirect' | 'client' | 'server' | 'network' | 'timeout' | 'threw' | 'aborted' | 'died'
  readonly status?: number | undefined
  readonly code?: string | undefined
  readonly message?: string | undefined
}

export interface TraceDropped {
  /** Spans beyond the limit. */
  readonly spans?: number | undefined
  /** Headers and bodies were left out because more came than can be captured in full. */
  readonly details?: boolean | undefined
}

export type SpanKind = 'channel' | 'service' | 'call' | 'attempt' | 'backoff' | 'token' | 'log'

/** One thing that happened. */
export interface Span {
  /** Unique within its trace. */
  readonly id: number
  readonly parentId?: number | undefined
  readonly kind: SpanKind
  /** Name of the channel, service or connection; `attempt 2`; the level of a log line. */
  readonly name: string
  /** Milliseconds since the trace began. */
  readonly startMs: number
  /** Absent while it lasts; 0 for a log line. */
  readonly durationMs?: number | undefined
  readonly status?: number | undefined
  readonly error?: ErrorRecord | undefined
  readonly request?: MessageRecord | undefined
  readonly response?: MessageRecord | undefined
  /** Of a `call`. */
  readonly call?: CallRecord | undefined
  /** Of an `attempt`. */
  readonly attempt?: AttemptRecord | undefined
  /** Of a `service`: where its class is, in the user's own source. */
  readonly source?: SourceRecord | undefined
  /** Of a `log`. */
  readonly log?: LogRecord | undefined
  /** Of a `backoff` or a `token`: why, in words. */
  readonly reason?: string | undefined
}

export interface CallRecord {
  readonly connection: string
  readonly method: string
  /** `https://api.example.com/customers/{customer_id}/orders`. */
  readonly template: string
  readonly url: string
  readonly params: readonly ParamRecord[]
}

export interface ParamRecord {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly value: string
}

export interface AttemptRecord {
  /** From 1. */
  readonly number: number
  readonly phases: Readonly<Partial<Record<Phase, number>>>
  readonly socket?: SocketRecord | undefined
  /** What was decided after it, in words: `502 may pass: attempt 2 of 4 in 240 ms`. */
  readonly decision?: string | undefined
}

export interface SocketRecord {
  readonly isReused: boolean
  /** `127.0.0.1:8000`, `[::1]:8000`. */
  readonly remote?: string | undefined
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384`. */
  readonly tls?: string | undefined
  /** Milliseconds since 1970. */
  readonly certificateExpires?: number | undefined
  readonly proxy?: string | undefined
}

export interface MessageRecord {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: BodyRecord | undefined
}

export interface BodyRecord {
  /** Set for what is text. */
  readonly text?: string | undefined
  /** Set for what is not. */
  readonly base64?: string | undefined
  /** Size of the whole body. */
  readonly bytes: number
  /** Size of what is kept of it. */
  readonly keptBytes: number
  readonly type?: string | undefined
}

export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly code?: string | undefined
  readonly hint?: string | undefined
  /** As far as an attempt or a call had come. */
  readonly phase?: string | undefined
  readonly stack?: string | undefined
  /** The first line of the user's own source in the stack. */
  readonly source?: SourceRecord | undefined
  readonly cause?: ErrorRecord | undefined
}

export interface SourceRecord {
  /** Relative to the project, with `/`. */
  readonly file: string
  /** From 1. */
  readonly line?: number | undefined
  readonly column?: number | undefined
  /** Lines of the source around it, the one that is meant marked. */
  readonly frame?: string | undefined
}

export interface LogRecord {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly details?: string | undefined
}
