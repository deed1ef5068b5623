import type { LogEntry } from '../../log.js'
import type { ServerEvent } from '../../runtime/events.js'
import type { ServerRecord } from '../../runtime/running-servers.js'
import type { RunningServer } from '../../runtime/server.js'

/** Where the dashboard is. */
export interface DashboardAddress {
  readonly url: string
  /** With the token that it takes: for a screen, and for nothing that is kept. */
  readonly link: string
  /** The port that was wanted, if another program has it. */
  readonly takenPort: number | undefined
}

export interface Stopping {
  /** Requests that are still being answered. */
  readonly inFlight: number
  /** How long they may take. */
  readonly drainMs: number
}

/** Shows what a server does: lines for people on stderr, or with `--json` one event a line on stdout. */
export interface Reporter {
  readonly log: (entry: LogEntry) => void
  readonly event: (event: ServerEvent) => void
  readonly started: (server: RunningServer, dashboard: DashboardAddress | undefined) => void
  /** Other servers of the same project run. */
  readonly others: (servers: readonly ServerRecord[]) => void
  readonly stopping: (stopping: Stopping) => void
  readonly stopped: () => void
  readonly failed: (error: Error) => void
  /** For shortcuts; what they write goes this way too. */
  readonly print: (lines: readonly string[]) => void
  /** Where the server answers, once more. */
  readonly showAddress: (server: RunningServer, dashboard: DashboardAddress | undefined) => void
  /** Somebody has typed a line on the screen. */
  readonly typed: () => void
  /** Resolves once all has been written, or nobody reads it. */
  readonly end: () => Promise<void>
}
