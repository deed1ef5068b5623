import { isIPv4, isIPv6 } from 'node:net'

/** A host and its port, as a Host header, an Origin or a request target names them. */
export interface Authority {
  /** Lower case, without a trailing dot; an IPv6 address is in its shortest form, without brackets. */
  readonly host: string
  /** Undefined if none is named. */
  readonly port: number | undefined
}

const pattern = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._~-]+?)\.?)(?::(\d{1,5})?)?$/

/** A server goes by one name or two: most requests name the same as the one before. */
let last: { readonly text: string; readonly authority: Authority | undefined } = { text: '', authority: undefined }

/** Undefined if the text is none: user info, blanks, a list of two. */
export function parseAuthority(text: string): Authority | undefined {
  if (text !== last.text) last = { text, authority: readAuthority(text) }
  return last.authority
}

function readAuthority(text: string): Authority | undefined {
  const [, v6, name, digits] = pattern.exec(text.toLowerCase()) ?? []
  const port = digits === undefined ? undefined : Number(digits)
  if (port !== undefined && port > 65535) return undefined
  if (name !== undefined) return { host: name, port }
  if (v6 === undefined || !isIPv6(v6)) return undefined
  return { host: new URL(`http://[${v6}]`).hostname.slice(1, -1), port }
}

/** 127.0.0.0/8 as an IPv6 address, in the spelling of URLs and in that of sockets. */
const mappedLoopback = /^::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}$|127\.)/

/** `localhost`, a name below it, or a loopback address. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return true
  if (host.endsWith('.localhost')) return true
  return (host.startsWith('127.') && isIPv4(host)) || mappedLoopback.test(host)
}
