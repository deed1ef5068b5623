import { BlockList, isIP, isIPv4 } from 'node:net'
import { splitProxy } from '../project/proxy-address.js'
import { Mistake } from './mistake.js'

/** The proxy that a connection goes through. */
export interface Proxy {
  /** Scheme, host and port. */
  readonly origin: string
  /** What `Proxy-Authorization` says, if the proxy asks who we are. */
  readonly authorization: string | undefined
  /** Where it is set, for messages: `its proxy`, `HTTPS_PROXY`. */
  readonly source: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** What the field `proxy` says to go round the proxy of the environment. */
const direct = 'none'

/**
 * The proxy for an address: that of the connection, else that of the environment, as curl reads it: `https_proxy` or
 * `http_proxy` after the scheme of the address, then `all_proxy`, in small letters before capitals, and none for what
 * `no_proxy` lists.
 *
 * @param field the `proxy` of the connection
 * @throws Mistake for a proxy that cannot be used; it does not show its password
 */
export function chooseProxy(origin: string, field: string | undefined, environment: Environment): Proxy | undefined {
  return decideProxy(origin, field, environment).proxy
}

/** Which proxy is taken, and what decided it. */
export interface ProxyDecision {
  readonly proxy?: Proxy
  /** The variable that names the proxy, or that makes an exception of the address. */
  readonly variable?: string
  /** The variable whose proxy is not taken, because of that exception. */
  readonly ignored?: string
}

/** What `chooseProxy` chooses, with the reason. @throws Mistake as it does */
export function decideProxy(origin: string, field: string | undefined, environment: Environment): ProxyDecision {
  if (field === direct) return {}
  if (field !== undefined) return { proxy: readProxy(field, 'its proxy') }
  const { protocol } = new URL(origin)
  const found = firstSet(environment, `${protocol.slice(0, -1)}_proxy`, 'all_proxy')
  if (!found) return {}
  const exceptions = firstSet(environment, 'no_proxy')
  if (exceptions && isExempt(origin, exceptions.value)) return { variable: exceptions.name, ignored: found.name }
  return { proxy: readProxy(found.value, found.name), variable: found.name }
}

function firstSet(environment: Environment, ...names: readonly string[]): { name: string; value: string } | undefined {
  for (const name of names.flatMap((one) => [one, one.toUpperCase()])) {
    const value = environment[name]?.trim()
    if (value) return { name, value }
  }
  return undefined
}

function readProxy(text: string, source: string): Proxy {
  const { address, user } = splitProxy(text)
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(address) ? address : `http://${address}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const what = url ? `is a proxy of ${url.protocol.slice(0, -1)}, which is not served` : 'is no address of a proxy'
    throw new Mistake('ZN504', `${source} ${what}`, { hint: 'such as http://proxy.example.com:3128' })
  }
  const authorization = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`
  return { origin: url.origin, authorization, source }
}

/**
 * Whether `no_proxy` lists an address: `*`, a host, a domain with all below it, an IP address, a network such as
 * `10.0.0.0/8`; with a port if only that is meant.
 */
export function isExempt(origin: string, noProxy: string): boolean {
  const { hostname, port, protocol } = new URL(origin)
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase()
  const actualPort = port || (protocol === 'https:' ? '443' : '80')
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => entry === '*' || matches(entry, host, actualPort))
}

function matches(entry: string, host: string, port: string): boolean {
  if (isNetwork(entry)) return isIn(entry, host)
  const [, name = '', wanted] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? []
  if (wanted !== undefined && wanted !== port && isIP(entry) === 0) return false
  const domain = (isIP(entry) === 0 ? name : entry).replace(/^\[|\]$|^\*?\.|\.$/g, '')
  return domain !== '' && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)))
}

function isNetwork(entry: string): boolean {
  const [address = '', prefix = ''] = entry.split('/')
  return isIP(address) !== 0 && /^\d+$/.test(prefix) && Number(prefix) <= (isIPv4(address) ? 32 : 128)
}

function isIn(network: string, host: string): boolean {
  if (isIP(host) === 0) return false
  const [address = '', prefix] = network.split('/')
  const list = new BlockList()
  list.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6')
  return list.check(host, isIPv4(host) ? 'ipv4' : 'ipv6')
}
