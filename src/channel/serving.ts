import type { Project } from '../project/project.js'
import { type Channel, channelRoute } from './channel.js'
import { type GuardSettings, guardSettings } from './guard.js'
import { Router } from './router.js'

/** What a request is answered by: made once for each project, never changed, replaced as a whole. */
export interface Serving {
  readonly router: Router<Channel>
  readonly guard: GuardSettings
  /** Bytes. */
  readonly bodyLimit: number
  /** Milliseconds; 0 for no limit. */
  readonly requestTimeoutMs: number
}

export function prepareServing(project: Project, isLoopback: boolean): Serving {
  const { server } = project
  return {
    router: new Router<Channel>(project.channelRest.map((definition) => channelRoute(definition, project))),
    guard: guardSettings(server, isLoopback),
    bodyLimit: server.bodyLimit,
    requestTimeoutMs: server.requestTimeout * 1000,
  }
}

/** Before there is a project. */
export const emptyServing: Serving = {
  router: new Router<Channel>([]),
  guard: guardSettings({ allowedHosts: [], corsOrigins: [] }, true),
  bodyLimit: 0,
  requestTimeoutMs: 0,
}
