import { UsageError } from '../../errors.js'
import { givenFields } from '../given-fields.js'

export const types = ['basic_auth', 'apikey', 'bearer_token', 'mtls'] as const

export type SecurityType = (typeof types)[number]

/** The flags that each are one field of the file. */
export interface DefinitionFlags {
  readonly username?: string
  readonly header?: string
  readonly prefix?: string
  readonly authServerUrl?: string
  readonly scopes?: string
  readonly certPath?: string
  readonly keyPath?: string
  readonly caCertsPath?: string
}

export interface Definition extends DefinitionFlags {
  readonly name: string
  readonly type: SecurityType
}

type Kind = SecurityType | 'fetched'

const taken: Readonly<Record<Kind, readonly string[]>> = {
  basic_auth: ['username'],
  apikey: ['header'],
  bearer_token: ['header', 'prefix'],
  fetched: ['username', 'scopes', 'auth-server-url'],
  mtls: ['cert-path', 'key-path', 'ca-certs-path'],
}

/**
 * The definition as the file holds it.
 *
 * @param secret how the file refers to it; only of mtls it may be absent
 * @throws UsageError ZU001 for a flag that its type does not have
 */
export function itemOf({ name, type, ...flags }: Definition, secret: string | undefined): Record<string, unknown> {
  const kind = type === 'bearer_token' && flags.authServerUrl !== undefined ? 'fetched' : type
  refuseOthers(kind, flags)
  const { username, header, prefix, scopes, authServerUrl, certPath, keyPath, caCertsPath } = flags
  const fields: Readonly<Record<Kind, Record<string, unknown>>> = {
    basic_auth: { username, password: secret },
    apikey: { header, password: secret },
    bearer_token: { static_token: secret, static_header: header, static_prefix: prefix },
    fetched: { auth_server_url: authServerUrl, username, password: secret, scopes },
    mtls: { cert_path: certPath, key_path: keyPath, key_passphrase: secret, ca_certs_path: caCertsPath },
  }
  return givenFields({ name, type, ...fields[kind] })
}

function refuseOthers(kind: Kind, { authServerUrl, certPath, keyPath, caCertsPath, ...same }: DefinitionFlags): void {
  const { username, header, prefix, scopes } = same
  const files = { 'cert-path': certPath, 'key-path': keyPath, 'ca-certs-path': caCertsPath }
  const given = givenFields({ username, header, prefix, scopes, 'auth-server-url': authServerUrl, ...files })
  const refused = Object.keys(given).find((flag) => !taken[kind].includes(flag))
  if (refused === undefined) return
  const what = kind === 'fetched' ? 'a bearer_token that is fetched' : kind
  throw new UsageError('ZU001', `${what} has no --${refused}`)
}
