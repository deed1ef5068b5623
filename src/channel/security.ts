import type { Project } from '../project/project.js'
import {
  type ChannelDefinition,
  type ChannelSecurityDefinition,
  type GroupDefinition,
  type SecurityDefinition,
  isOAuth,
} from '../project/schema.js'
import {
  type CredentialSource,
  credentialSource,
  digest,
  expectedCredential,
  isSameDigest,
  sourceKey,
} from './credentials.js'
import { type HeaderValues, isRepeated } from './headers.js'
import { Refusal } from './refusal.js'

/** The definition that authenticated a caller; never its secret. */
export interface Authenticated {
  readonly name: string
  readonly type: string
}

export interface Authenticator {
  /** @param rawHeaders names and values in turn, as on the wire */
  authenticate(headers: HeaderValues, rawHeaders: readonly string[]): Authenticated | Refusal
}

/** Why a channel cannot be protected as it asks to be, and so must not be served. */
export interface Unprotectable {
  readonly reason: string
}

type Secured = Pick<ChannelDefinition, 'security' | 'groups'>
type Definitions = Pick<Project, 'security' | 'groups'>

/** What a channel asks its callers for; undefined if it asks for nothing. */
export function channelSecurity(channel: Secured, project: Definitions): Authenticator | Unprotectable | undefined {
  if (channel.security === undefined && channel.groups.length === 0) return undefined
  try {
    const own = channel.security === undefined ? undefined : new OwnCheck(usable(channel.security, project))
    const members = channel.groups.flatMap((name) => membersOf(name, project))
    const groups = channel.groups.length === 0 ? undefined : new GroupCheck(members, own?.source.header)
    return new ChannelAuthenticator(own, groups)
  } catch (error) {
    if (error instanceof CannotProtect) return { reason: error.message }
    throw error
  }
}

/** The definition of the channel must be satisfied, and a member of one of its groups, if it has any. */
class ChannelAuthenticator implements Authenticator {
  readonly #own: OwnCheck | undefined
  readonly #groups: GroupCheck | undefined
  /** Headers that hold credentials, in lower case. */
  readonly #headers: readonly string[]

  constructor(own: OwnCheck | undefined, groups: GroupCheck | undefined) {
    this.#own = own
    this.#groups = groups
    const sources = [...(own ? [own.source] : []), ...(groups?.sources ?? [])]
    this.#headers = [...new Set(sources.map(({ header }) => header))]
  }

  authenticate(headers: HeaderValues, rawHeaders: readonly string[]): Authenticated | Refusal {
    for (const header of this.#headers) {
      if (headers[header] !== undefined && isRepeated(rawHeaders, header)) {
        return new Refusal(400, `The header "${header}" stands more than once`)
      }
    }
    const own = this.#own?.check(headers)
    if (own instanceof Refusal) return own
    const member = this.#groups?.check(headers)
    if (member instanceof Refusal) return member
    return own ?? member ?? notAllowed
  }
}

const notAllowed = new Refusal(403, 'You are not allowed to use this channel')

class OwnCheck {
  readonly source: CredentialSource
  readonly #definition: ChannelSecurityDefinition
  readonly #expected: Buffer
  readonly #authenticated: Authenticated

  constructor(definition: ChannelSecurityDefinition) {
    this.source = credentialSource(definition)
    this.#definition = definition
    this.#expected = digest(expectedCredential(definition))
    this.#authenticated = { name: definition.name, type: definition.type }
  }

  check(headers: HeaderValues): Authenticated | Refusal {
    const presented = this.source.read(headers)
    if (presented && isSameDigest(digest(presented), this.#expected)) return this.#authenticated
    const detail = presented ? 'The credentials are wrong' : 'Credentials are missing'
    return new Refusal(401, detail, { headers: challenge(this.#definition, presented !== undefined) })
  }
}

class GroupCheck {
  /** One for each kind of credential that members have. */
  readonly sources: readonly CredentialSource[]
  readonly #members = new Map<CredentialSource, Map<string, Authenticated>>()
  /** The header that the channel's own definition reads. */
  readonly #ownHeader: string | undefined

  constructor(members: readonly ChannelSecurityDefinition[], ownHeader: string | undefined) {
    this.#ownHeader = ownHeader
    const sources = new Map<string, CredentialSource>()
    for (const member of members) {
      const source = sources.get(sourceKey(member)) ?? credentialSource(member)
      sources.set(sourceKey(member), source)
      const known = this.#members.get(source) ?? new Map<string, Authenticated>()
      this.#members.set(source, known)
      // A thousand members take as long as one; of two with one credential, the first is meant.
      const code = digest(expectedCredential(member)).toString('base64')
      if (!known.has(code)) known.set(code, { name: member.name, type: member.type })
    }
    this.sources = [...sources.values()]
  }

  check(headers: HeaderValues): Authenticated | Refusal {
    let found: Authenticated | undefined
    const types = new Set<string>()
    for (const source of this.sources) {
      const presented = source.read(headers)
      if (!presented) continue
      if (source.header !== this.#ownHeader) types.add(source.type)
      found ??= this.#members.get(source)?.get(digest(presented).toString('base64'))
    }
    if (types.has('basic_auth') && types.has('apikey')) {
      return new Refusal(400, 'Send Basic credentials or an API key, not both')
    }
    return found ?? notAllowed
  }
}

class CannotProtect extends Error {}

function usable(name: string, { security }: Definitions): ChannelSecurityDefinition {
  const definition = security.find((one) => one.name === name)
  if (!definition) throw new CannotProtect(`The security definition "${name}" does not exist`)
  const usable = usableOrWhyNot(definition)
  if (typeof usable !== 'string') return usable
  throw new CannotProtect(`The security definition "${name}" cannot be used: ${usable}`)
}

/** A member that cannot be used is nobody's key: the others still are theirs. */
function membersOf(name: string, project: Definitions): ChannelSecurityDefinition[] {
  const group = project.groups.find((one: GroupDefinition) => one.name === name)
  if (!group) throw new CannotProtect(`The group "${name}" does not exist`)
  if (group.refusal) throw new CannotProtect(`The group "${name}" cannot be used: ${group.refusal.reason}`)
  return group.members.flatMap((member) => {
    const definition = project.security.find((one) => one.name === member)
    const usable = definition ? usableOrWhyNot(definition) : ''
    return typeof usable === 'string' ? [] : [usable]
  })
}

function usableOrWhyNot(definition: SecurityDefinition): ChannelSecurityDefinition | string {
  if (definition.refusal) return definition.refusal.reason
  if (!definition.isActive) return 'it is inactive'
  if (definition.type === 'unserved') return 'its type is not served'
  if (isOAuth(definition) || definition.type === 'mtls') return 'it is for outgoing connections only'
  return isEmptyCredential(definition) ? 'its secret is empty' : definition
}

/** An empty secret would let everybody in who sends an empty header. */
function isEmptyCredential(definition: ChannelSecurityDefinition): boolean {
  if (definition.type === 'bearer_token') return definition.staticToken === ''
  return definition.password === ''
}

function challenge(definition: ChannelSecurityDefinition, wasWrong: boolean): readonly string[] {
  if (definition.type === 'basic_auth') {
    return ['WWW-Authenticate', `Basic realm="${quotable(definition.realm)}", charset="UTF-8"`]
  }
  if (definition.type === 'apikey') return []
  return ['WWW-Authenticate', wasWrong ? 'Bearer error="invalid_token"' : 'Bearer']
}

/** Text inside a quoted string of a header: what cannot stand there is left out. */
function quotable(text: string): string {
  return text.replace(/[^\t\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')
}
