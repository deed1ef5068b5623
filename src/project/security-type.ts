import type { YAMLMap } from 'yaml'
import { didYouMean } from '../nearest.js'
import type { Fields } from './fields.js'
import type { Entry } from './nodes.js'
import { type Reading, firstKey, textOf } from './reading.js'
import { bearerTokenFields, oauthFields, unservedSecurityTypes } from './schema.js'
import { securityFields } from './sections.js'
import type { ValueContext } from './value-context.js'

interface SecurityItem {
  readonly entries: readonly Entry[]
  readonly node: YAMLMap
  readonly label: string
}

const types = [...Object.keys(securityFields), ...unservedSecurityTypes]

/** What to do about types that are not served, where there is something. */
const unservedAdvice: Readonly<Record<string, string>> = {
  ntlm: 'ask the API for basic_auth over TLS, or put a proxy that speaks NTLM before it (docs/credentials/ntlm.md says how)',
}

/**
 * The fields of a security definition, which depend on its type. Undefined if the type is wrong or is not served; that has
 * been reported.
 */
export function securityFieldsOf(
  { entries, node, label }: SecurityItem,
  { reading, context }: { reading: Reading; context: ValueContext },
): Fields | undefined {
  const entry = entries.find(({ key }) => key === 'type')
  const type = textOf(entries, 'type')
  if (!entry) {
    const hint = `one of: ${types.join(', ')}`
    context.report({ code: 'ZC103', message: `The ${label} needs "type"`, hint, range: firstKey(node) })
    return undefined
  }
  if (type === undefined || !types.includes(type)) {
    const hint = didYouMean(type ?? '', types) ?? `one of: ${types.join(', ')}`
    context.report({ code: 'ZC105', message: `There is no such security type`, hint, range: entry.range })
    return undefined
  }
  if (!securityFields[type]) {
    reading.unserved(`The security type "${type}"`, entry.range, unservedAdvice[type])
    return undefined
  }
  if (type !== 'bearer_token' || entries.some(({ key }) => key === 'static_token')) return securityFields[type]
  if (entries.some(isOfVerified) && !entries.some(({ key }) => key === 'password')) {
    reading.unserved('A bearer token that is verified', entry.range)
    return undefined
  }
  return entries.some(isOfFetched) ? oauthFields : securityFields[type]
}

const endpointKeys = new Set(['auth_server_url', 'auth_endpoint'])
const verifiedKeys = new Set(['issuer', 'jwks_url', 'audience', 'claims'])
/** Keys of a static token that one which is fetched has too. */
const sharedKeys = new Set(Object.keys(bearerTokenFields))

function isOfEndpoint({ key }: Entry): boolean {
  return endpointKeys.has(key)
}

/** Whether a key belongs to a bearer token of callers, which would have to be verified (JWT). */
function isOfVerified({ key }: Entry): boolean {
  return verifiedKeys.has(key)
}

/** Whether a key belongs to a bearer token that is fetched (OAuth). */
function isOfFetched(entry: Entry): boolean {
  return isOfEndpoint(entry) || (Object.hasOwn(oauthFields, entry.key) && !sharedKeys.has(entry.key))
}
