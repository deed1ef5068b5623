import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ChannelSecurityDefinition } from '../project/schema.js'
import type { HeaderValues } from './headers.js'

/** Where in a request a kind of credential stands, and what is left of the header once its scheme is taken off. */
export interface CredentialSource {
  readonly type: ChannelSecurityDefinition['type']
  /** Lower case. */
  readonly header: string
  /** The credential as it was presented; undefined if the request holds none of this kind. */
  read(headers: HeaderValues): Buffer | undefined
}

/** Two definitions whose sources have the same key read the same credential. */
export function sourceKey(definition: ChannelSecurityDefinition): string {
  if (definition.type === 'basic_auth') return 'basic_auth'
  if (definition.type === 'apikey') return `apikey ${definition.header.toLowerCase()}`
  return `bearer_token ${definition.staticHeader.toLowerCase()} ${definition.staticPrefix.trim().toLowerCase()}`
}

export function credentialSource(definition: ChannelSecurityDefinition): CredentialSource {
  const { type } = definition
  if (type === 'apikey') {
    const header = definition.header.toLowerCase()
    return { type, header, read: (headers) => toBytes(headers[header]) }
  }
  if (type === 'bearer_token') {
    const header = definition.staticHeader.toLowerCase()
    const scheme = definition.staticPrefix.trim().toLowerCase()
    return { type, header, read: (headers) => toBytes(withoutScheme(headers[header], scheme)) }
  }
  const read = (headers: HeaderValues) => {
    const encoded = withoutScheme(headers.authorization, 'basic')
    return encoded === undefined ? undefined : Buffer.from(encoded, 'base64')
  }
  return { type, header: 'authorization', read }
}

/** What a caller has to present. */
export function expectedCredential(definition: ChannelSecurityDefinition): Buffer {
  switch (definition.type) {
    case 'basic_auth':
      return Buffer.from(`${definition.username}:${definition.password}`)
    case 'apikey':
      return Buffer.from(definition.password)
    case 'bearer_token':
      return Buffer.from(definition.staticToken)
  }
}

/** Of this process alone, so that nobody can know which digest is near to which. */
const key = randomBytes(32)

/** Credentials are compared by their digests: how long that takes tells nothing about them, not even their length. */
export function digest(credential: Buffer): Buffer {
  return createHmac('sha256', key).update(credential).digest()
}

export function isSameDigest(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b)
}

/** Node gives header bytes as Latin-1 text. */
function toBytes(value: string | undefined): Buffer | undefined {
  return value === undefined || value === '' ? undefined : Buffer.from(value, 'latin1')
}

/** What follows the scheme, compared without case, and blanks; the whole value if there is no scheme. */
function withoutScheme(value: string | undefined, scheme: string): string | undefined {
  if (value === undefined || scheme === '') return value
  if (value.length <= scheme.length || value.slice(0, scheme.length).toLowerCase() !== scheme) return undefined
  const rest = value.slice(scheme.length)
  return rest.startsWith(' ') || rest.startsWith('\t') ? rest.trim() : undefined
}
