import type { Environment } from '../../outgoing/proxy-choice.js'
import { decideProxy } from '../../outgoing/proxy-choice.js'
import { Mistake } from '../../outgoing/mistake.js'
import { tlsSource } from '../../outgoing/tls-source.js'
import { type Field, type Fields, camelCase } from '../../project/fields.js'
import { type OutgoingDefinition, type SecurityDefinition, isOAuth, outgoingFields } from '../../project/schema.js'
import type { SectionName } from '../../project/sections.js'
import { certificateText, certificatesIn } from './certificates.js'
import type { Origins } from './origins.js'
import type { EffectiveValue, Origin } from './report.js'

export interface ValueSources {
  readonly definition: OutgoingDefinition
  /** Undefined if it names none. */
  readonly security: SecurityDefinition | undefined
  readonly environment: Environment
  readonly origins: Origins
}

/** What is in effect for a connection, and where each value comes from. Not redacted yet. */
export function connectionValues(sources: ValueSources): EffectiveValue[] {
  const { definition: it, origins } = sources
  const own = (value: string, name: string, ...fields: readonly string[]): EffectiveValue => {
    return { name, value, origin: origins.ofField('outgoing_rest', it.name, ...(fields.length > 0 ? fields : [name])) }
  }
  return [
    own(it.host, 'host'),
    own(it.urlPath === '' ? 'none' : it.urlPath, 'url_path'),
    own(it.dataFormat, 'data_format'),
    ...securityValues(sources, own),
    own(`${it.timeout} s`, 'timeout'),
    own(String(it.poolSize), 'pool_size'),
    own(retriesText(it), 'max_retries'),
    own(breakerText(it), 'circuit_breaker'),
    proxyValue(sources),
    ...(it.host.startsWith('https:') ? tlsValues(sources) : []),
    own(sizeText(it.maxResponseSize), 'max_response_size'),
    own(pingText(it), 'ping', 'ping_path', 'ping_method', 'samples'),
    own(healthText(it), 'health_check', 'health_check_run_every'),
    ...otherValues(sources),
  ]
}

/** Fields that are told above, under their own names or in other words. */
const told: ReadonlySet<string> = new Set([
  ...['name', 'host', 'url_path', 'data_format', 'security', 'timeout', 'pool_size', 'is_active', 'description'],
  ...['max_retries', 'retry_sleep_time', 'retry_backoff_threshold', 'retry_backoff_multiplier', 'circuit_breaker'],
  ...['proxy', 'validate_tls', 'tls_ca', 'tls_client_cert', 'tls_client_key', 'max_response_size'],
  ...['ping_method', 'ping_path', 'samples', 'health_check_run_every', 'health_check_run_unit'],
])

/** All other fields that the file holds. */
function otherValues({ definition, origins }: ValueSources): EffectiveValue[] {
  const values = definition as unknown as Readonly<Record<string, unknown>>
  return Object.entries(outgoingFields as Fields).flatMap(([name, field]) => {
    const value = values[camelCase(name)]
    const origin = origins.ofField('outgoing_rest', definition.name, name)
    if (told.has(name) || value === undefined || origin.kind === 'default') return []
    return [{ name, value: fieldText(field, value), origin }]
  })
}

/** What may hold a secret is only named. */
function fieldText({ kind }: Field, value: unknown): string {
  if (kind === 'secret') return '[redacted]'
  if (kind === 'stringMap') return Object.keys(value as object).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function retriesText(it: OutgoingDefinition): string {
  if (it.maxRetries === 0) return 'none'
  const waits = `first after ${it.retrySleepTime} s, then times ${it.retryBackoffMultiplier}`
  return `${it.maxRetries}, ${waits}, at most ${it.retryBackoffThreshold} s in all`
}

function breakerText({ circuitBreaker }: OutgoingDefinition): string {
  if (!circuitBreaker) return 'none'
  return `opens after ${circuitBreaker.failures} failures, for ${circuitBreaker.cooldown} s`
}

const megabyte = 1024 * 1024

/** As it is written in zato.yaml. */
function sizeText(bytes: number): string {
  return bytes % megabyte === 0 ? `${bytes / megabyte} MB` : `${bytes} bytes`
}

function pingText({ pingMethod, pingPath, urlPath }: OutgoingDefinition): string {
  return `${pingMethod} ${pingPath ?? (urlPath === '' ? '/' : urlPath)}`
}

function healthText({ healthCheckRunEvery = 0, healthCheckRunUnit }: OutgoingDefinition): string {
  return healthCheckRunEvery === 0 ? 'none' : `every ${healthCheckRunEvery} ${healthCheckRunUnit}`
}

type OwnValue = (value: string, name: string, ...fields: readonly string[]) => EffectiveValue

function securityValues({ definition, security, origins }: ValueSources, own: OwnValue): EffectiveValue[] {
  if (!security) return [own(definition.security ?? 'none', 'security')]
  const secret = secretFieldOf(security)
  const named = own(`${security.name} (${typeText(security)})`, 'security')
  if (!secret) return [named]
  const origin = origins.ofField('security', security.name, secret)
  return [named, { name: secret, value: '[redacted]', origin }]
}

function typeText(security: SecurityDefinition): string {
  if (security.type === 'basic_auth') return `basic_auth, user ${security.username}`
  if (security.type === 'apikey') return `apikey in ${security.header}`
  return isOAuth(security) ? `bearer_token from ${security.authServerUrl}` : security.type
}

function secretFieldOf(security: SecurityDefinition): string | undefined {
  if ('staticToken' in security) return 'static_token'
  return 'password' in security ? 'password' : undefined
}

function proxyValue({ definition, environment, origins }: ValueSources): EffectiveValue {
  const { name, host, proxy: field } = definition
  try {
    const { proxy, variable, ignored } = decideProxy(new URL(host).origin, field, environment)
    const exception = ignored === undefined ? '' : `: ${variable ?? ''} exempts it from ${ignored}`
    const origin: Origin =
      field !== undefined || variable === undefined
        ? origins.ofField('outgoing_rest', name, 'proxy')
        : origins.ofEnvironment(variable)
    return { name: 'proxy', value: proxy ? proxy.origin : `none${exception}`, origin }
  } catch (error) {
    if (!(error instanceof Mistake) && !(error instanceof TypeError)) throw error
    return { name: 'proxy', value: 'unusable', origin: origins.ofField('outgoing_rest', name, 'proxy') }
  }
}

function tlsValues({ definition, security, environment, origins }: ValueSources): EffectiveValue[] {
  const { name } = definition
  const mtls = security?.type === 'mtls' ? security : undefined
  const { ca, clientCert, clientKey, validateTls } = tlsSource(definition, mtls)
  const field = (section: SectionName, item: string, one: string) => origins.ofField(section, item, one)
  const caOrigin = mtls?.caCertsPath
    ? field('security', mtls.name, 'ca_certs_path')
    : field('outgoing_rest', name, 'tls_ca')
  const extra = environment.NODE_EXTRA_CA_CERTS
  const trusted = ca
    ? { value: fileText(ca.path), origin: caOrigin }
    : extra
      ? { value: `those of Node, and ${fileText(extra)}`, origin: origins.ofEnvironment('NODE_EXTRA_CA_CERTS') }
      : { value: 'those of Node', origin: { kind: 'default' } as const }
  return [
    {
      name: 'validate_tls',
      value: validateTls ? 'true' : 'false: anybody is trusted',
      origin: field('outgoing_rest', name, 'validate_tls'),
    },
    { name: 'authorities', ...trusted },
    {
      name: 'client certificate',
      value: clientCert ? fileText(clientCert.path) : 'none',
      origin: mtls ? field('security', mtls.name, 'cert_path') : field('outgoing_rest', name, 'tls_client_cert'),
    },
    ...(clientKey
      ? [
          {
            name: 'client key',
            value: clientKey.path,
            origin: mtls ? field('security', mtls.name, 'key_path') : field('outgoing_rest', name, 'tls_client_key'),
          },
        ]
      : []),
  ]
}

function fileText(file: string): string {
  const [only, ...more] = certificatesIn(file)
  if (!only) return file
  return `${file} (${more.length === 0 ? certificateText(only) : `${more.length + 1} certificates`})`
}
