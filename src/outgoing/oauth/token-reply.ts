import { headerProblem } from '../../project/header-rules.js'
import { isPlainObject } from '../plain-object.js'
import { type Moment, type Token, expiryOf } from './token.js'

/** What a token endpoint answered. */
export interface TokenReply {
  readonly statusCode: number
  readonly body: Uint8Array
}

/** Why there is no token: completes `POST https://… failed: …`. */
export interface Refusal {
  readonly refusal: string
  /** Whether the client itself was refused, and not only this request. */
  readonly isClient: boolean
}

/**
 * Reads the reply of a token endpoint (RFC 6749, 5).
 *
 * @param now when the token was asked for, from which its life counts
 */
export function readTokenReply({ statusCode, body }: TokenReply, now: Moment): Token | Refusal {
  const data = parse(body)
  if (statusCode < 200 || statusCode > 299) return refused(statusCode, data)
  if (!isPlainObject(data)) return unusable('its reply is not a JSON object')
  const { access_token: value, token_type: type } = data
  if (typeof value !== 'string' || value === '') return unusable('its reply holds no access_token')
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) {
    return unusable('its tokens are of a type other than Bearer')
  }
  const authorization = `Bearer ${value}`
  if (headerProblem('Authorization', authorization)) return unusable('its access_token is one that no header can carry')
  const lifeMs = lifeOf(data, now)
  const scope = typeof data.scope === 'string' ? oneLine(data.scope) : undefined
  return {
    authorization,
    expires: lifeMs === undefined ? undefined : expiryOf(lifeMs, now),
    ...(lifeMs !== undefined && { lifeMs }),
    ...(scope !== undefined && { scope }),
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}

function unusable(refusal: string): Refusal {
  return { refusal, isClient: false }
}

/** An `error` is a word of these characters (RFC 6749, 5.2); anything else is not repeated. */
const errorCode = /^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,100}$/
const clientErrors: ReadonlySet<unknown> = new Set(['invalid_client', 'unauthorized_client'])
const longestDescription = 200

function refused(statusCode: number, data: unknown): Refusal {
  const { error, error_description: description } = isPlainObject(data) ? data : {}
  const isClient = statusCode === 401 || clientErrors.has(error)
  if (typeof error !== 'string' || !errorCode.test(error)) return { refusal: `its status is ${statusCode}`, isClient }
  const more = typeof description === 'string' ? oneLine(description) : ''
  return { refusal: `its status is ${statusCode}, ${error}${more && ` (${more})`}`, isClient }
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, longestDescription)
}

/** `expires_in` in seconds, also as text; or the date that ASP.NET writes as `.expires`. */
function lifeOf(
  { expires_in: seconds, '.expires': date }: Record<string, unknown>,
  { wall }: Moment,
): number | undefined {
  if (typeof seconds === 'number' || (typeof seconds === 'string' && seconds.trim() !== '')) {
    const life = Number(seconds)
    if (Number.isFinite(life) && life >= 0) return life * 1000
  }
  const until = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Number.isNaN(until) ? undefined : Math.max(0, until - wall)
}
