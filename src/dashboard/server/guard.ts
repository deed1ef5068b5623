import type { IncomingHttpHeaders } from 'node:http'
import { parseAuthority } from '../../channel/authority.js'
import type { ApiFailureOptions } from './failure.js'

/**
 * Whose requests the dashboard answers. It shows what the project's secrets protect, and it can call, replay and edit: a page
 * on the web, another port of this machine, and a name that was rebound to it must reach none of that. So each check stands
 * for itself, and none trusts another.
 */

export const apiPrefix = '/_zato/'

export interface GuardedRequest {
  readonly method: string
  /** As it was sent: path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turns, none left out. */
  readonly rawHeaders: readonly string[]
}

export interface Refusal extends ApiFailureOptions {
  readonly status: number
}

/** Everything that needs no token; undefined if the request may go on. */
export function refuseStranger(request: GuardedRequest, port: number): Refusal | undefined {
  return (
    refuseHost(request, port) ??
    refuseOrigin(request) ??
    refuseSite(request) ??
    refuseMethod(request) ??
    refuseTarget(request)
  )
}

/** Requests that do something: a form cannot send JSON, and a page of another origin would have to ask first. */
export function refuseForm({ method, headers }: GuardedRequest): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined
  if (/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return undefined
  return {
    status: 415,
    code: 'json_only',
    message: 'A request that changes something needs "Content-Type: application/json"',
  }
}

/** What stands behind `Bearer`; empty if nothing does. */
export function bearerOf({ authorization = '' }: IncomingHttpHeaders): string {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1] ?? ''
}

/** Of an address that was rebound the browser sends neither Origin nor Sec-Fetch-Site: its name is all that gives it away. */
function refuseHost({ headers, rawHeaders }: GuardedRequest, port: number): Refusal | undefined {
  const count = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  const authority = count === 1 ? parseAuthority(headers.host ?? '') : undefined
  if (authority && isOwnName(authority.host) && (authority.port ?? 80) === port) return undefined
  return {
    status: 421,
    code: 'host_not_allowed',
    message: 'The dashboard answers to localhost only',
    hint: `open http://localhost:${port}/`,
  }
}

function isOwnName(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1' || host.endsWith('.localhost')
}

function refuseOrigin({ headers }: GuardedRequest): Refusal | undefined {
  const { origin } = headers
  if (origin === undefined || origin === `http://${(headers.host ?? '').toLowerCase()}`) return undefined
  return { status: 403, code: 'origin_not_allowed', message: 'The request comes from a page of another origin' }
}

function refuseSite({ method, target, headers }: GuardedRequest): Refusal | undefined {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  // A link to the page, which holds no data without its token.
  if (isVisit && method === 'GET' && !target.startsWith(apiPrefix)) return undefined
  return { status: 403, code: 'cross_site', message: 'The request comes from a page of another site' }
}

function refuseMethod({ method }: GuardedRequest): Refusal | undefined {
  if (method !== 'OPTIONS') return undefined
  return { status: 403, code: 'no_cors', message: 'Pages of other origins may ask for nothing here' }
}

/** `GET http://elsewhere/` would name a second host. */
function refuseTarget({ target }: GuardedRequest): Refusal | undefined {
  if (target.startsWith('/')) return undefined
  return { status: 400, code: 'invalid', message: 'The target of the request must be a path' }
}
