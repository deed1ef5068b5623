import type { Backlog } from '../../dashboard/server/backlog.js'
import type { Dashboard } from '../../dashboard/server/dashboard.js'
import { type LogSink, createLogger } from '../../log.js'
import type { ReadOptions } from '../../project/read.js'
import { redactorOf } from '../../redact.js'
import { plainEntry } from '../../runtime/plain-entry.js'
import type { RunningServer } from '../../runtime/server.js'

interface DashboardWish {
  readonly server: RunningServer
  readonly project: ReadOptions
  readonly backlog: Backlog
  readonly logSink: LogSink
  /** `--dashboard-port`, in place of `server.dashboard_port`. */
  readonly port: number | undefined
}

const defaultPort = 8183

/** Opens the dashboard, whose code is loaded only now. Without it the server goes on: why is logged. */
export async function openDashboard(wish: DashboardWish): Promise<Dashboard | undefined> {
  const { port: flag, server, project, backlog, logSink } = wish
  const redactor = () => redactorOf(server.project)
  const log = createLogger((entry) => logSink(plainEntry(entry, redactor())))
  const port = flag ?? server.project?.server.dashboardPort ?? defaultPort
  try {
    const { Dashboard } = await import('../../dashboard/server/dashboard.js')
    return await Dashboard.open({ server, project, backlog, port, log })
  } catch (error) {
    log.error('There is no dashboard', { error })
    return undefined
  }
}
