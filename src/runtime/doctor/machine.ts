import { existsSync } from 'node:fs'
import { arch, platform, version as nodeVersion } from 'node:process'
import { isNodeUnverified, unverifiedNode } from '../../project/node-tls.js'
import { version } from '../../version.js'
import { certificatesIn } from './certificates.js'
import type { Origins } from './origins.js'
import type { Check, DoctorReport, EffectiveValue } from './report.js'

type Environment = Readonly<Record<string, string | undefined>>

export function versionsHere(): DoctorReport['versions'] {
  return { zatoTs: version, node: nodeVersion, platform: `${platform} ${arch}` }
}

const proxyVariables = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
])

const watched = [
  ...proxyVariables,
  ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_OPTIONS', 'NODE_ENV'],
  ...['ZATO_TS_CONFIG', 'ZATO_TS_PORT'],
]

/** The variables that decide something, as far as they are set. */
export function environmentValues(environment: Environment, origins: Origins): EffectiveValue[] {
  return watched.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [{ name, value, origin: origins.ofEnvironment(name) }]
  })
}

/** @param real the environment that this process was started with, which alone Node itself looks at */
export function environmentChecks(environment: Environment, real: Environment): Check[] {
  return [...verificationChecks(environment), ...authorityChecks(environment, real), ...spellingChecks(environment)]
}

function verificationChecks(environment: Environment): Check[] {
  if (!isNodeUnverified(environment)) return []
  const hint = 'unset it; validate_tls: false turns verification off for one connection'
  return [{ level: 'warning', message: unverifiedNode, hint }]
}

function authorityChecks(environment: Environment, real: Environment): Check[] {
  const { NODE_EXTRA_CA_CERTS: file } = environment
  if (file === undefined || file === '') return []
  if (!existsSync(file)) {
    return [
      { level: 'error', message: `NODE_EXTRA_CA_CERTS names "${file}", which is not there`, hint: 'mend the path' },
    ]
  }
  if (certificatesIn(file).length === 0) {
    return [{ level: 'error', message: `NODE_EXTRA_CA_CERTS names "${file}", which holds no certificate` }]
  }
  if (real.NODE_EXTRA_CA_CERTS === file) return []
  const message = 'NODE_EXTRA_CA_CERTS stands in a .env file: Node only heeds it in the services of a watched "serve"'
  return [{ level: 'warning', message, hint: 'set it in the shell, or name the file in tls_ca of the connection' }]
}

function spellingChecks(environment: Environment): Check[] {
  return ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name): Check[] => {
    const [small, capital] = [environment[name], environment[name.toUpperCase()]]
    if (!small || !capital || small === capital) return []
    return [
      { level: 'warning', message: `${name} and ${name.toUpperCase()} differ: ${name} is taken`, hint: 'unset one' },
    ]
  })
}
