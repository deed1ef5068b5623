import type { IncomingMessage } from 'node:http'
import { checkBodyHeaders, hasBody } from './body.js'
import type { Channel } from './channel.js'
import { preflightHeaders } from './cors.js'
import { checkGuard } from './guard.js'
import type { HeaderValues } from './headers.js'
import { type Query, parseQuery } from './query.js'
import { Refusal } from './refusal.js'
import type { RequestTarget } from './request-target.js'
import { readPath } from './routed-path.js'
import type { Params } from './router.js'
import type { Authenticated } from './security.js'
import type { Serving } from './serving.js'

/** A request that may run its channel's service once its body is there. */
export interface Admitted {
  readonly channel: Channel
  readonly params: Params
  readonly query: Query
  readonly security: Authenticated | undefined
  readonly hasBody: boolean
}

/** A request that is answered without a service, though nothing is wrong with it. */
export interface Answered {
  readonly status: 204
  readonly headers: readonly string[]
}

export interface RequestHead {
  readonly request: IncomingMessage
  /** Upper case. */
  readonly method: string
  /** Undefined if it is malformed. */
  readonly target: RequestTarget | undefined
  readonly headers: HeaderValues
}

/**
 * Everything that is decided before the body is read: guard, preflight, route, the channel's state, security, and what
 * the headers say of the body.
 *
 * @returns a channel's refusal, too, once the channel is known: `onChannel` tells which
 */
export function admit(
  head: RequestHead,
  serving: Serving,
  onChannel: (channel: Channel) => void,
): Admitted | Answered | Refusal {
  const refused = guard(head, serving)
  if (refused) return refused
  const preflight = preflightHeaders(head, serving.guard.origins)
  if (preflight) return { status: 204, headers: preflight }
  const routed = route(head, serving)
  if (!('channel' in routed)) return routed
  const { channel, params } = routed
  onChannel(channel)
  return admitTo(channel, params, { head, bodyLimit: serving.bodyLimit })
}

function guard({ request, target, headers }: RequestHead, serving: Serving): Refusal | undefined {
  const guarded = {
    httpVersion: request.httpVersion,
    host: headers.host,
    targetAuthority: target?.authority,
    origin: headers.origin,
    secFetchSite: headers['sec-fetch-site'],
  }
  return (
    checkGuard(guarded, serving.guard) ?? (target ? undefined : new Refusal(400, 'The request target is malformed'))
  )
}

function route(
  { method, target }: RequestHead,
  { router }: Serving,
): { channel: Channel; params: Params } | Answered | Refusal {
  const rawPath = target?.path ?? ''
  if (rawPath === '*') {
    return method === 'OPTIONS'
      ? { status: 204, headers: ['Allow', everyMethod] }
      : new Refusal(400, 'The request target is malformed')
  }
  const path = readPath(rawPath)
  if (!path) return new Refusal(400, 'The path does not decode, or holds a "." or ".." segment')
  const match = router.find(method, path)
  if (!match) return notFound
  if (match.route) return { channel: match.route.value, params: match.params }
  const headers = ['Allow', match.allow]
  if (method === 'OPTIONS') return { status: 204, headers }
  return new Refusal(405, `The method ${method} is not served here`, { headers })
}

const everyMethod = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT'
const notFound = new Refusal(404, 'No channel answers this path')

function admitTo(
  channel: Channel,
  params: Params,
  { head, bodyLimit }: { head: RequestHead; bodyLimit: number },
): Admitted | Refusal {
  const { headers, request, target } = head
  if (!channel.isActive) return notFound
  if (channel.refusal !== undefined) {
    return new Refusal(500, 'The channel cannot be served; the log says why, under this cid', {
      reason: channel.refusal,
    })
  }
  const security = channel.authenticator?.authenticate(headers, request.rawHeaders)
  if (security instanceof Refusal) return security
  const query = parseQuery(target?.query ?? '')
  if (!query) return new Refusal(400, 'The query string does not decode')
  const withBody = hasBody(headers)
  const refused = withBody ? checkBodyHeaders(headers, bodyLimit) : undefined
  return refused ?? { channel, params, query, security, hasBody: withBody }
}
