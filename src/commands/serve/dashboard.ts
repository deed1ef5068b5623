import type { Backlog } from '../../dashboard/server/backlog.js'
import type { Dashboard } from '../../dashboard/server/dashboard.js'
import type { Logger } from '../../log.js'
import type { ReadOptions } from '../../project/read.js'
import type { RunningServer } from '../../runtime/server.js'

interface DashboardWish {
  readonly server: RunningServer
  readonly project: ReadOptions
  readonly backlog: Backlog
  readonly log: Logger
  /** `--dashboard-port`, in place of `server.dashboard_port`. */
  readonly port: number | undefined
}

const defaultPort = 8183

/** Opens the dashboard, whose code is loaded only now. Without it the server goes on: why is logged. */
export async function openDashboard({ port: flag, ...options }: DashboardWish): Promise<Dashboard | undefined> {
  const { server, log } = options
  const port = flag ?? server.project?.server.dashboardPort ?? defaultPort
  try {
    const { Dashboard } = await import('../../dashboard/server/dashboard.js')
    const dashboard = await Dashboard.open({ ...options, port })
    if (port !== 0 && dashboard.port !== port) {
      log.warn(`Port ${port} is in use: the dashboard is on ${dashboard.port}`)
    }
    return dashboard
  } catch (error) {
    log.error('There is no dashboard', { error })
    return undefined
  }
}
