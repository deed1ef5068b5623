/** What an outgoing call tells whoever watches: plain data, redacted by its maker before it is emitted. */

export type Phase = 'queued' | 'dns' | 'connect' | 'tls' | 'send' | 'wait' | 'receive'

export interface CallEvent {
  readonly type: 'call'
  readonly cid: string
  readonly connection: string
  readonly method: string
  /** Without userinfo or secrets. */
  readonly url: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly elapsedMs: number
  readonly attempts: number
  readonly statusCode?: number | undefined
  /** Decoded size of the reply's body, in bytes. */
  readonly size?: number | undefined
  /** Milliseconds in each phase that happened; a reused socket has no dns, connect or tls. */
  readonly phases: Readonly<Partial<Record<Phase, number>>>
  /** Id of the trace that it belongs to, if nothing else tells that of it. */
  readonly trace?: number | undefined
  readonly error?: { readonly code: string; readonly message: string; readonly phase?: string | undefined } | undefined
}

/** No reply that can be used came of it, or one with a status from 400 on. */
export function hasFailed({ error, statusCode = 0 }: Pick<CallEvent, 'error' | 'statusCode'>): boolean {
  return error !== undefined || statusCode >= 400
}

export type TraceEvent = CallEvent

export type TraceSink = (event: TraceEvent) => void
