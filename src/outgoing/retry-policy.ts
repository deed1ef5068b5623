/** When a call is tried again, and after what pause: all of it is decided here, and nothing of it is done here. */
export interface RetryPolicy {
  /** How often a call is tried again at most; 0 for never. */
  readonly maxRetries: number
  /** Before the first retry. */
  readonly firstWaitMs: number
  /** What each wait is multiplied by for the next. */
  readonly multiplier: number
  /** The most that all waits of a call may come to. */
  readonly totalWaitMs: number
}

export interface Tried {
  /** Retries that there have been. */
  readonly retries: number
  /** What the waits came to so far. */
  readonly waitedMs: number
  /** What the reply asks for, if it asks. */
  readonly retryAfterMs: number | undefined
}

/** The longest single wait. */
export const longestWaitMs = 8000

/** Statuses that another attempt may change. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504])

export function isPassingStatus(statusCode: number): boolean {
  return passing.has(statusCode)
}

/** Methods that may be sent twice: to do them twice is to do them once (RFC 9110, 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

export function isIdempotent(method: string): boolean {
  return idempotent.has(method)
}

/**
 * Milliseconds to wait before the next attempt; undefined if there is to be none. Each wait is drawn at random from the
 * upper half of its range, so that callers who failed together do not come back together. A `Retry-After` is kept to the
 * letter if there is time enough for it.
 *
 * @param random from 0 to less than 1
 */
export function nextWaitMs(policy: RetryPolicy, tried: Tried, random: number): number | undefined {
  const { maxRetries, firstWaitMs, multiplier, totalWaitMs } = policy
  if (tried.retries >= maxRetries) return undefined
  const left = totalWaitMs - tried.waitedMs
  if (tried.retryAfterMs !== undefined) return tried.retryAfterMs <= left ? tried.retryAfterMs : undefined
  const full = Math.min(firstWaitMs * multiplier ** tried.retries, longestWaitMs)
  const wait = Math.round(full * (0.5 + random / 2))
  return wait <= left ? wait : undefined
}
