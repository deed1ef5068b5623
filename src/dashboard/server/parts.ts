import type { RunningServer } from '../../runtime/server.js'
import type { ServerActions } from '../../runtime/server-actions.js'
import type { TraceStore } from '../../trace/store.js'
import type { Backlog } from './backlog.js'
import type { EditDesk } from './edits/desk.js'
import type { EventHub } from './events/event-hub.js'
import { ApiFailure } from './failure.js'
import type { ProjectOnDisk } from './project-on-disk.js'
import type { ServiceSources } from './service-sources.js'

/** What routes work with. */
export interface Parts {
  readonly server: RunningServer
  readonly backlog: Backlog
  readonly disk: ProjectOnDisk
  readonly services: ServiceSources
  readonly desk: EditDesk
  readonly hub: EventHub
  /** Of the dashboard, without its token. */
  readonly url: () => string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** The real environment. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** @throws ApiFailure 503 for a server that records nothing */
export function tracesOf({ server }: Parts): TraceStore {
  return server.traces ?? fail('records no traces')
}

/** @throws ApiFailure 503 for a server that cannot be asked to do anything */
export function actionsOf({ server }: Parts): ServerActions {
  return server.actions ?? fail('cannot be asked to call anything')
}

function fail(what: string): never {
  throw new ApiFailure(503, { code: 'not_available', message: `This server ${what}` })
}
