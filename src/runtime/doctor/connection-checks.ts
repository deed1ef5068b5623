import { Mistake } from '../../outgoing/mistake.js'
import { decideProxy } from '../../outgoing/proxy-choice.js'
import { readTlsSettings } from '../../outgoing/tls.js'
import { tlsSource } from '../../outgoing/tls-source.js'
import { refusalHint } from '../../project/refusal.js'
import { isOAuth } from '../../project/schema.js'
import { isLoopbackAddress } from '../../channel/bind.js'
import { certificatesIn, checkKeyFile, checkLife } from './certificates.js'
import type { ValueSources } from './connection-values.js'
import type { Check } from './report.js'

/** What is wrong with a connection, or soon will be, as far as can be known without asking anybody. */
export function connectionChecks(sources: ValueSources): Check[] {
  const { definition } = sources
  if (!definition.isActive) return []
  const { refusal } = definition
  return [
    ...(refusal ? [{ level: 'error', message: refusal.reason, hint: refusalHint(refusal) } as const] : []),
    ...(refusal ? [] : secretChecks(sources)),
    ...proxyChecks(sources),
    ...(definition.host.startsWith('https:') ? tlsChecks(sources) : plainChecks(sources)),
  ]
}

function secretChecks({ security }: ValueSources): Check[] {
  if (!security || security.type === 'basic_auth' || !('password' in security || 'staticToken' in security)) return []
  const secret = 'staticToken' in security ? security.staticToken : security.password
  if (secret.trim() !== '') return []
  const message = `The credentials "${security.name}" are empty`
  return [{ level: 'error', message, hint: 'give the secret, or its variable, a value' }]
}

function proxyChecks({ definition, environment }: ValueSources): Check[] {
  return tried(() => {
    decideProxy(new URL(definition.host).origin, definition.proxy, environment)
    return []
  })
}

/** Credentials over plain HTTP can be read by everybody on the way. */
function plainChecks({ definition, security }: ValueSources): Check[] {
  const hostname = new URL(definition.host).hostname.replace(/^\[|\]$/g, '')
  const isNear = hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackAddress(hostname)
  const unencrypted: Check[] =
    security && !isNear
      ? [{ level: 'warning', message: `The credentials "${security.name}" are sent unencrypted`, hint: 'use https' }]
      : []
  return [...unencrypted, ...tokenEndpointChecks({ security })]
}

function tlsChecks(sources: ValueSources): Check[] {
  const { definition, security } = sources
  const source = tlsSource(definition, security?.type === 'mtls' ? security : undefined)
  const { ca, clientCert, clientKey, validateTls } = source
  const unverified: Check[] = validateTls
    ? []
    : [
        {
          level: 'warning',
          message: 'validate_tls is false: anybody on the way can read and change what is sent',
          hint: 'name the authority in tls_ca instead',
        },
      ]
  const settings = tried(() => {
    readTlsSettings(source)
    return []
  })
  const lives = [ca, clientCert].flatMap((file) => {
    // Of several authorities those that have expired are mostly ones that nobody uses any more.
    const [first, ...more] = file ? certificatesIn(file.path) : []
    return file && first && (more.length === 0 || file === clientCert) ? checkLife(sentence(file.name), first) : []
  })
  const key = clientKey ?? clientCert
  return [
    ...unverified,
    ...settings,
    ...lives,
    ...(key ? checkKeyFile(sentence(key.name), key.path) : []),
    ...tokenEndpointChecks(sources),
  ]
}

function tokenEndpointChecks({ security }: Pick<ValueSources, 'security'>): Check[] {
  if (!security || !isOAuth(security) || security.validateTls || !security.authServerUrl.startsWith('https:')) return []
  const message = `validate_tls of "${security.name}" is false: anybody on the way can read the client secret`
  return [{ level: 'warning', message, hint: 'name the authority in tls_ca instead' }]
}

/** A mistake of the definition as a check. */
function tried(look: () => Check[]): Check[] {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    return [{ level: 'error', message: sentence(error.message), hint: error.hint }]
  }
}

/** `its tls_ca` → `Its tls_ca`. Names of fields and variables stay as they are written: `key_path of "Shop"`, `https_proxy`. */
function sentence(text: string): string {
  if (/^[a-z]+_/.test(text)) return text
  return text.charAt(0).toUpperCase() + text.slice(1)
}
