import type { Project } from '../project/project.js'
import type { ChannelDefinition, Refusable } from '../project/schema.js'
import { channelRefusal } from './channel.js'
import { compareShapes, routeShape } from './route-shape.js'

export interface RouteInfo extends Refusable {
  /** Undefined for any. */
  readonly method: string | undefined
  readonly path: string
  readonly channel: string
  readonly service: string
  /** What protects it: a definition, groups, or both; undefined if nothing does. */
  readonly security: string | undefined
  readonly isActive: boolean
}

/** The channels of a project in the order in which they are tried: of two that match a request, the first one answers. */
export function listRoutes(project: Project): RouteInfo[] {
  return project.channelRest
    .map((channel) => ({ channel, shape: routeShape(channel.urlPath, channel.matchSlash) }))
    .sort((a, b) => compareShapes(a.shape, b.shape) || compareMethods(a.channel.method, b.channel.method))
    .map(({ channel }) => routeInfo(channel, project))
}

function routeInfo(channel: ChannelDefinition, project: Project): RouteInfo {
  const { method, urlPath: path, name, service, isActive } = channel
  const refusal = channelRefusal(channel, project)
  const route = { method, path, channel: name, service, security: protection(channel), isActive }
  return refusal ? { ...route, refusal } : route
}

function protection({ security, groups }: ChannelDefinition): string | undefined {
  const named = [...(security === undefined ? [] : [security]), ...groups.map((group) => `group ${group}`)]
  return named.length === 0 ? undefined : named.join(' + ')
}

/** A named method goes before any. */
function compareMethods(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -1 : 1
}
