import { type Authority, isLoopbackHost, parseAuthority } from './authority.js'

/** Which origins may call the channels from a page. */
export interface Origins {
  /** `*` is listed. */
  readonly any: boolean
  /** Any origin on loopback: the default of a listener on loopback. */
  readonly loopback: boolean
  /** As browsers write them. */
  readonly listed: ReadonlySet<string>
}

/** @param corsOrigins `server.cors_origins` */
export function readOrigins(corsOrigins: readonly string[] | undefined, isLoopback: boolean): Origins {
  return {
    any: corsOrigins?.includes('*') ?? false,
    loopback: corsOrigins === undefined && isLoopback,
    listed: new Set(corsOrigins?.map(normalize)),
  }
}

/** Whether pages of this origin may call the channels. */
export function allowsOrigin(origins: Origins, origin: string): boolean {
  if (origins.any || origins.listed.has(origin)) return true
  if (!origins.loopback) return false
  const authority = authorityOf(origin)
  return authority !== undefined && isLoopbackHost(authority.host)
}

/** Whether any page at all may. */
export function allowsSome(origins: Origins): boolean {
  return origins.any || origins.loopback || origins.listed.size > 0
}

/** Whether a page that this server itself delivered has this origin. TLS may end before it, so the scheme is left out. */
export function isOwnOrigin(origin: string, host: Authority): boolean {
  const authority = authorityOf(origin)
  if (authority === undefined || authority.host !== host.host) return false
  const standard = origin.startsWith('https:') ? 443 : 80
  return (authority.port ?? standard) === (host.port ?? standard)
}

/** Undefined for what is no web origin, such as `null`. */
function authorityOf(origin: string): Authority | undefined {
  const scheme = origin.startsWith('http://') ? 7 : origin.startsWith('https://') ? 8 : 0
  return scheme === 0 ? undefined : parseAuthority(origin.slice(scheme))
}

/** `HTTPS://Shop.example.com:443/` is written `https://shop.example.com` by a browser. */
function normalize(origin: string): string {
  return URL.canParse(origin) && /^https?:/i.test(origin) ? new URL(origin).origin : origin
}
