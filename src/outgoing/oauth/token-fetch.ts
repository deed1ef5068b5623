import type { OAuthDefinition } from '../../project/schema.js'
import { CallAborted } from '../errors.js'
import type { Failure } from '../failure-reason.js'
import type { Reply } from '../message.js'
import type { SocketPool } from '../pool.js'
import { retryAfterMs } from '../retry-after.js'
import { type RetryPolicy, isPassingStatus, nextWaitMs } from '../retry-policy.js'
import { send } from '../send.js'
import { pause } from '../waiting.js'
import type { Clock, Token } from './token.js'
import { TokenFailure } from './token-failure.js'
import { readTokenReply } from './token-reply.js'
import { tokenRequest } from './token-request.js'

export interface TokenFetch {
  readonly definition: OAuthDefinition
  readonly scopes: string
  readonly pool: SocketPool
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** No token is near as long. */
const largestReply = 1024 * 1024

/** To ask twice does no harm. */
const policy: RetryPolicy = { maxRetries: 2, firstWaitMs: 250, multiplier: 3, totalWaitMs: 5000 }

/**
 * Asks the token endpoint, again if it could not be reached or says that it cannot answer now.
 *
 * @throws TokenFailure
 */
export async function fetchToken(fetch: TokenFetch): Promise<Token> {
  let waitedMs = 0
  for (let retries = 0; ; retries += 1) {
    const askedAt = fetch.clock()
    const result = await ask(fetch)
    const wait = mayPass(result)
      ? nextWaitMs(policy, { retries, waitedMs, retryAfterMs: askedPause(result) }, Math.random())
      : undefined
    if (wait !== undefined && (await pause(wait, [fetch.signal]))) {
      waitedMs += wait
      continue
    }
    const asked = { definition: fetch.definition, proxy: fetch.pool.proxy }
    if ('reason' in result) throw new TokenFailure(result, asked)
    const read = readTokenReply({ statusCode: result.statusCode, body: bytesOf(result) }, askedAt)
    if ('refusal' in read) throw new TokenFailure(read, asked)
    return read
  }
}

function ask({ definition, scopes, pool, signal }: TokenFetch): Promise<Reply | Failure> {
  const { pathname, search } = new URL(definition.authServerUrl)
  const { headers, body } = tokenRequest(definition, scopes)
  return new Promise((resolve) => {
    const options = {
      timeoutMs: definition.timeout * 1000,
      signals: [signal],
      maxSize: largestReply,
      stream: false,
      // Only streams need it.
      explain: () => new CallAborted('ZN601', 'No token', { facts: { connection: definition.name } }),
    }
    send(pool, { method: 'POST', path: pathname + search, headers, body }, { options, resolve })
  })
}

function mayPass(result: Reply | Failure): boolean {
  if ('reason' in result) return result.reason.kind === 'timeout' || result.reason.kind === 'error'
  return isPassingStatus(result.statusCode) || result.statusCode === 500
}

function askedPause(result: Reply | Failure): number | undefined {
  return 'reason' in result ? undefined : retryAfterMs(result.head.headers, Date.now())
}

/** A reply that was not asked for as a stream is none. */
function bytesOf({ body }: Reply): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array()
}
