import type { CancelSignal } from '../cancellation.js'
import type { Logger } from '../log.js'
import { CircuitOpen } from './breaker.js'
import type { CallSpan } from './call-span.js'
import type { Failure } from './failure-reason.js'
import type { Reply } from './message.js'
import type { Token } from './oauth/token.js'
import { Progress } from './progress.js'
import { retryAfterMs } from './retry-after.js'
import { type RetryPolicy, isIdempotent, isPassingStatus, nextWaitMs } from './retry-policy.js'
import { pause, reasonOf } from './waiting.js'

/** What came of an attempt. */
export type Result = Reply | Failure

/** A call, as far as it can be made again. */
export interface Repeatable {
  readonly method: string
  /** Whether its body can be sent again: a stream cannot. */
  readonly isReplayable: boolean
  readonly policy: RetryPolicy
  /** Whether it was asked to be tried again whatever its method. */
  readonly retriesAnyMethod: boolean
  /** Each of them ends it. */
  readonly signals: readonly CancelSignal[]
  readonly log: Logger
  readonly cid: string
  /** What a trace is told of it, if somebody looks. */
  readonly span: CallSpan | undefined
  /** Name of the connection. */
  readonly name: string
  /** The token to go with the next attempt, if one does. Rejects with the error of the call. */
  token(): Promise<Token> | undefined
  /** The API did not accept this token. */
  dropToken(token: Token): void
  /** @param isRetry whether the time that an attempt may take begins anew */
  attempt(token: Token | undefined, isRetry: boolean): Promise<Result>
}

/**
 * Makes attempts until one of them counts, and gives what came of it: a reply whatever its status, or a failure. An
 * attempt is made again
 *
 * - at once, on a socket that turned out to be closed, where repeating is safe;
 * - at once and with a new token, once, where the API answers 401 to one that was fetched;
 * - after a pause, as the policy says.
 *
 * @param first what came of an attempt that was made already, without a token
 */
export async function attemptUntilDone(call: Repeatable, first?: Result): Promise<Result> {
  const tried = { retries: 0, waitedMs: 0, wasStale: false, wasRefused: false }
  let isRetry = false
  let known = first
  for (;;) {
    const token = known ? undefined : await call.token()
    const result = known ?? (await call.attempt(token, isRetry))
    known = undefined
    isRetry = false
    if (!tried.wasStale && isStale(call, result)) {
      tried.wasStale = true
      call.span?.decided('the socket had been closed: sent again at once')
      call.log.debug(`${call.method} of "${call.name}" is sent again: its socket had been closed`, { cid: call.cid })
    } else if (token && !tried.wasRefused && isUnauthorized(result)) {
      tried.wasRefused = true
      call.dropToken(token)
      if (!call.isReplayable) return result
      discard(result)
      call.span?.decided('401 to a token that was fetched: sent again with a new one')
      call.log.info(`"${call.name}" answered 401: its token is fetched anew`, { cid: call.cid })
    } else {
      const wait = waitBefore(call, result, tried)
      if (wait === undefined) return result
      discard(result)
      tried.retries += 1
      tried.waitedMs += wait
      announce(call, result, { wait, next: tried.retries + 1 })
      const backoff = call.span?.begin('backoff', 'back-off', `${wait} ms before attempt ${tried.retries + 1}`)
      const isOver = await pause(wait, call.signals)
      if (backoff) call.span?.end(backoff)
      if (!isOver) return aborted(call)
      isRetry = true
    }
  }
}

/** Whether what came of the first attempt of a call, which needs no token, is what comes of the call. */
export function isFinal(call: Repeatable, result: Result): boolean {
  if ('statusCode' in result && result.statusCode < 400) return true
  return call.policy.maxRetries === 0 && !isStale(call, result)
}

/** Whether the socket was to blame: one that was kept alive, and that its peer had closed meanwhile. */
function isStale({ method, isReplayable }: Repeatable, result: Result): boolean {
  return 'reason' in result && result.isStale && isIdempotent(method) && isReplayable
}

function isUnauthorized(result: Result): boolean {
  return 'statusCode' in result && result.statusCode === 401
}

function waitBefore(
  { policy, method, isReplayable, retriesAnyMethod }: Repeatable,
  result: Result,
  tried: { readonly retries: number; readonly waitedMs: number },
): number | undefined {
  if (policy.maxRetries === 0 || !isReplayable || !(retriesAnyMethod || isIdempotent(method))) return undefined
  if (!mayPass(result)) return undefined
  const asked = 'reason' in result ? undefined : retryAfterMs(result.head.headers, Date.now())
  return nextWaitMs(policy, { ...tried, retryAfterMs: asked }, Math.random())
}

/** Whether another attempt may end otherwise. A reply that is too large, or no HTTP, would be so again. */
function mayPass(result: Result): boolean {
  if ('statusCode' in result) return isPassingStatus(result.statusCode)
  const { reason, phase } = result
  if (reason.kind === 'timeout') return true
  // The API is to be left in peace.
  if (reason.kind !== 'error' || reason.error instanceof CircuitOpen) return false
  return phase !== 'body' || isCutShort(reason.error)
}

/** Whether the connection broke while the reply came. */
function isCutShort(error: NodeJS.ErrnoException): boolean {
  return error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET'
}

function announce(call: Repeatable, result: Result, { wait, next }: { wait: number; next: number }): void {
  const attempt = `attempt ${next} of ${call.policy.maxRetries + 1} in ${wait} ms`
  call.log.info(`"${call.name}" ${whatHappened(result)}: ${attempt}`, { cid: call.cid })
  call.span?.decided(`${'statusCode' in result ? result.statusCode : whatHappened(result)} may pass: ${attempt}`)
}

function whatHappened(result: Result): string {
  if ('statusCode' in result) return `answered ${result.statusCode}`
  return result.reason.kind === 'timeout' ? 'did not answer in time' : 'could not be reached'
}

/** The call was aborted while nothing was under way. */
function aborted({ signals }: Repeatable): Failure {
  const reason = { kind: 'aborted', cause: reasonOf(signals) } as const
  return { reason, phase: 'queue', isStale: false, isReused: false, progress: new Progress() }
}

/** Nobody reads this reply; the socket of one that streams is let go. */
function discard(result: Result): void {
  if ('body' in result && result.body instanceof ReadableStream) void result.body.cancel().catch(() => undefined)
}
