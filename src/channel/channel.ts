import type { IncomingChannel } from '../exchange.js'
import type { Project } from '../project/project.js'
import type { ChannelDefinition, Refusable } from '../project/schema.js'
import type { Route } from './router.js'
import { type Authenticated, type Authenticator, channelSecurity } from './security.js'

/** A channel, prepared so that a request has nothing left to look up. */
export class Channel {
  readonly name: string
  readonly service: string
  readonly isActive: boolean
  readonly authenticator: Authenticator | undefined
  /** Why it answers nothing but 500. For the log. */
  readonly refusal: string | undefined
  readonly #incoming: IncomingChannel
  readonly #secured = new Map<Authenticated, IncomingChannel>()

  constructor(definition: ChannelDefinition, project: Pick<Project, 'security' | 'groups'>) {
    const { name, service, isActive, dataFormat, urlParamsPri, paramsPri } = definition
    const security = channelSecurity(definition, project)
    this.name = name
    this.service = service
    this.isActive = isActive
    this.refusal = definition.refusal?.reason
    if (security && 'reason' in security) this.refusal ??= security.reason
    else this.authenticator = security
    this.#incoming = { name, dataFormat, urlParamsPri, paramsPri }
  }

  /** What services see of it. */
  incoming(security: Authenticated | undefined): IncomingChannel {
    if (!security) return this.#incoming
    let incoming = this.#secured.get(security)
    if (!incoming) this.#secured.set(security, (incoming = { ...this.#incoming, security }))
    return incoming
  }
}

export function channelRoute(
  definition: ChannelDefinition,
  project: Pick<Project, 'security' | 'groups'>,
): Route<Channel> {
  const { urlPath, matchSlash, method, isActive } = definition
  return { urlPath, matchSlash, method, isActive, value: new Channel(definition, project) }
}

/** Why a channel refuses to work, because of itself or of what protects it. */
export function channelRefusal(definition: ChannelDefinition, project: Project): Refusable['refusal'] {
  if (definition.refusal) return definition.refusal
  const security = channelSecurity(definition, project)
  return security && 'reason' in security ? { code: 'inactive-security', reason: security.reason } : undefined
}
