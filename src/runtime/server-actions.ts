import type { CallRequest, InvokeRequest, PingReply, ReplayEdits, StartedReply, TryRequest } from '../trace/requests.js'

/**
 * What whoever watches a server can have it do: the dashboard, and commands beside it. All of it leaves a trace. Each settles
 * once it has begun, so that it can be watched.
 *
 * What cannot begin rejects with a ZatoError: ZU003 for a name that is unknown, others as the call itself would.
 */
export interface ServerActions {
  /** Calls a connection as a service would, with today's configuration. */
  call(connection: string, request: CallRequest): Promise<StartedReply>
  /** Settles with what came of it. */
  ping(connection: string): Promise<PingReply>
  /** A request to a channel, through the real listener. */
  tryChannel(channel: string, request: TryRequest): Promise<StartedReply>
  invoke(service: string, request: InvokeRequest): Promise<StartedReply>
  /** What a trace did, again, and perhaps with edits. Rejects with ZU003 if there is no such trace. */
  replay(traceId: number, edits?: ReplayEdits): Promise<StartedReply>
  /** Ends what was begun here. False if it does not run, or was begun elsewhere. */
  cancel(traceId: number): boolean
}
