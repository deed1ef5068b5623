/** What a running server can be asked to do, by the dashboard and by commands, and what it answers. Plain data. */

export interface ReplayEdits {
  readonly method?: string | undefined
  /** Path and query, of a channel's trace. */
  readonly path?: string | undefined
  /** Of a call. */
  readonly params?: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined
  readonly body?: string | undefined
}

export interface StartedReply {
  readonly cid: string
  /** Known once the trace has begun. */
  readonly id?: number | undefined
}

export interface CallRequest {
  readonly method: string
  readonly params?: Readonly<Record<string, string | readonly string[]>> | undefined
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined
  readonly body?: string | undefined
  /** Seconds. */
  readonly timeout?: number | undefined
  readonly retries?: number | undefined
  readonly cid?: string | undefined
}

/** Through the real listener. */
export interface TryRequest {
  readonly method: string
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: readonly (readonly [name: string, value: string])[] | undefined
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined
  readonly body?: string | undefined
  readonly cid?: string | undefined
}

export interface InvokeRequest {
  /** JSON text; absent for none. */
  readonly payload?: string | undefined
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly cid?: string | undefined
}

export interface PingReply {
  readonly state: 'reachable' | 'unauthorized' | 'unhealthy' | 'unreachable' | 'refused'
  readonly method: string
  readonly url: string
  /** Why this address: `host root, because the path needs customer_id`. */
  readonly target: string
  readonly status?: number | undefined
  readonly ms: number
  readonly message?: string | undefined
  readonly hint?: string | undefined
  readonly certificateExpires?: number | undefined
}
