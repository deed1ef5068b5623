import { type Authority, isLoopbackHost, parseAuthority } from './authority.js'
import { type Origins, allowsOrigin, isOwnOrigin, readOrigins } from './origins.js'
import { Refusal } from './refusal.js'

export interface GuardSettings {
  /** Whether the listener is bound to loopback; elsewhere only the form of the Host header is checked. */
  readonly isLoopback: boolean
  /** `server.allowed_hosts`. */
  readonly allowedHosts: readonly Authority[]
  readonly origins: Origins
}

export interface GuardedRequest {
  readonly httpVersion: string
  /** All Host headers, joined. */
  readonly host: string | undefined
  /** Of an absolute-form request target. */
  readonly targetAuthority?: string | undefined
  readonly origin?: string | undefined
  readonly secFetchSite?: string | undefined
}

export function guardSettings(
  server: { readonly allowedHosts: readonly string[]; readonly corsOrigins: readonly string[] | undefined },
  isLoopback: boolean,
): GuardSettings {
  return {
    isLoopback,
    allowedHosts: server.allowedHosts.flatMap((text) => readAllowedHost(text) ?? []),
    origins: readOrigins(server.corsOrigins, isLoopback),
  }
}

/**
 * Keeps pages of other sites away from a listener on loopback. Such a page cannot forge what is checked here: the Host
 * header tells the name that it reached us by (DNS rebinding), Origin and Sec-Fetch-Site where it comes from.
 */
export function checkGuard(request: GuardedRequest, settings: GuardSettings): Refusal | undefined {
  const { httpVersion, host, targetAuthority } = request
  if (host === undefined && httpVersion === '1.1') return new Refusal(400, 'The Host header is missing')
  const named = host === undefined || host === '' ? undefined : parseAuthority(host)
  if (named === undefined && host !== undefined && host !== '') {
    return new Refusal(400, 'The Host header is not one host with, if need be, a port')
  }
  const target = targetAuthority === undefined ? undefined : parseAuthority(targetAuthority)
  if (targetAuthority !== undefined && !target) return new Refusal(400, 'The request target names no host')
  if (!settings.isLoopback) return undefined
  if (host === '') return new Refusal(421, 'The Host header is empty')
  return checkHost(named, settings) ?? checkHost(target, settings) ?? checkSite(request, settings, target ?? named)
}

function checkHost(authority: Authority | undefined, settings: GuardSettings): Refusal | undefined {
  if (authority === undefined || isLoopbackHost(authority.host) || isAllowedHost(authority, settings)) return undefined
  const hint = 'If it should be, list it in server.allowed_hosts'
  return new Refusal(421, `The host "${authority.host}" is not served here. ${hint}`)
}

function isAllowedHost(authority: Authority, { allowedHosts }: GuardSettings): boolean {
  return allowedHosts.some(
    ({ host, port }) => host === authority.host && (port === undefined || port === (authority.port ?? 80)),
  )
}

/** Where the request comes from. curl, which says nothing of that, is never asked. */
function checkSite(
  { origin, secFetchSite }: GuardedRequest,
  { origins }: GuardSettings,
  host: Authority | undefined,
): Refusal | undefined {
  if (origin !== undefined) {
    if (allowsOrigin(origins, origin) || (host && isOwnOrigin(origin, host))) return undefined
    return new Refusal(403, 'Pages of this origin may not call the channels. Those in server.cors_origins may')
  }
  // Images, scripts, links and forms with GET send no Origin. Browsers say where those come from, too.
  if (secFetchSite === undefined || secFetchSite === 'none' || secFetchSite === 'same-origin') return undefined
  const isLocal = secFetchSite === 'same-site' && origins.loopback && host !== undefined && isLoopbackHost(host.host)
  if (isLocal || origins.any) return undefined
  return new Refusal(403, 'Pages of another site may not call the channels without an Origin header')
}

/** An IPv6 address may stand without brackets there. */
function readAllowedHost(text: string): Authority | undefined {
  return parseAuthority(text) ?? parseAuthority(`[${text}]`)
}
