import { Backlog } from '../../dashboard/server/backlog.js'
import type { Dashboard } from '../../dashboard/server/dashboard.js'
import type { LogEntry } from '../../log.js'
import type { ReadOptions } from '../../project/read.js'
import { Inbox } from '../../runtime/inbox.js'
import { removeLeftFolders } from '../../runtime/private-folder.js'
import { Announcement, type ServedAddress, findRunningServers } from '../../runtime/running-servers.js'
import { type RunningServer, startServer } from '../../runtime/server.js'
import type { Context } from '../context.js'
import { openBrowser } from '../open-browser.js'
import { readOptionsOf } from '../project.js'
import { explainBusyPort } from './busy-port.js'
import { openDashboard } from './dashboard.js'
import type { ServeFlags } from './flags.js'
import { portInEffect } from './port.js'
import { isNodeUnverified, unverifiedNode } from '../../project/node-tls.js'
import { createReporter } from './report.js'
import type { Reporter } from './reporter.js'
import { lineWithPort } from './restart-line.js'
import { watchShortcuts } from './shortcuts.js'
import type { StopSignals } from './stop.js'

/** How long a server that is stopped while it starts may take to come up, in order to be taken down again. */
const startMs = 2000

/** A stop that takes no longer is not worth a word. */
const quickStopMs = 300

/** One server, from its start to its end. */
export class Serving {
  readonly #context: Context
  readonly #flags: ServeFlags
  readonly #stop: StopSignals
  readonly #reporter: Reporter
  readonly #drainMs: number
  readonly #backlog = new Backlog()
  /** How the project is read; known once it has been. */
  #project: ReadOptions | undefined
  #dashboard: Dashboard | undefined
  #announcement: Announcement | undefined
  #inbox: Inbox | undefined

  constructor(context: Context, flags: ServeFlags, stop: StopSignals) {
    this.#context = context
    this.#flags = flags
    this.#stop = stop
    this.#reporter = createReporter(context)
    this.#drainMs = (flags.drain ?? 10) * 1000
  }

  /** Gives the exit code. */
  async run(): Promise<number> {
    const starting = this.#start()
    const isStopped = this.#stop.first.then(() => undefined)
    const server = await Promise.race([starting, isStopped])
    if (!server) {
      // What does not come up leaves nothing behind either: its processes end with this one.
      const late = await Promise.race([starting, after(startMs)])
      await late?.close({ drainMs: this.#drainMs })
      return 0
    }
    await this.#openDashboard(server)
    await this.#announce(server)
    const shortcuts = this.#watchShortcuts(server)
    const failure = await Promise.race([server.failed, isStopped])
    shortcuts.close()
    if (failure) this.#reporter.failed(failure)
    await this.#close(server)
    return failure ? 1 : 0
  }

  /** What must be done whichever way it ends. */
  async leave(): Promise<void> {
    this.#inbox?.close()
    this.#announcement?.withdraw()
    await this.#reporter.end()
  }

  async #start(): Promise<RunningServer> {
    const { host, watch, poll, inspect, port: flag } = this.#flags
    const options = readOptionsOf(this.#context)
    const { port, reserved, env } = await portInEffect(options, { flag, host })
    this.#project = { ...options, env }
    const server = startServer({
      ...options,
      env,
      host,
      port,
      reserved,
      watch,
      poll,
      inspect,
      keepTraces: this.#flags.keepTraces,
      // With neither flag, no line says that a call succeeded.
      onlyFailedCalls: !this.#context.json && !this.#context.verbose,
      drainMs: this.#drainMs,
      logSink: (entry) => this.#logged(entry),
      streams: this.#context.io,
      onEvent: (event) => {
        this.#backlog.event(event)
        this.#reporter.event(event)
        if (event.type === 'moved') void this.#moved(server)
      },
    })
    return server.catch(async (error: unknown) => {
      const others = await findRunningServers(options.file)
      throw explainBusyPort(error, { others, lineWithPort: (free) => lineWithPort(this.#context, this.#flags, free) })
    })
  }

  /** With the channels open already, so that nobody waits for it. */
  async #openDashboard(server: RunningServer): Promise<void> {
    const { dashboard, dashboardPort: port, watch, open } = this.#flags
    if (!dashboard || !watch || !this.#project) return
    const [project, backlog] = [this.#project, this.#backlog]
    const logSink = (entry: LogEntry) => this.#logged(entry)
    this.#dashboard = await openDashboard({ server, project, backlog, logSink, port })
    if (open) await this.#showDashboard()
  }

  async #showDashboard(): Promise<void> {
    if (!this.#dashboard) return
    if (await openBrowser(this.#dashboard.link, this.#context.io.env)) return
    this.#reporter.print([`No browser was opened: ${this.#dashboard.link}`])
  }

  #logged(entry: LogEntry): void {
    this.#backlog.log(entry)
    this.#reporter.log(entry)
  }

  /** Says so on the screen and to other processes, and looks for what is left of, or else done by them. */
  async #announce(server: RunningServer): Promise<void> {
    const { file } = readOptionsOf(this.#context)
    this.#reporter.started(server, this.#dashboard)
    this.#warnOfTls(server)
    this.#announcement = await Announcement.make(file, this.#addresses(server))
    if (this.#announcement) {
      this.#inbox = new Inbox(this.#announcement.path, {
        poll: this.#flags.poll,
        answer: ({ definition }) => ({ cleared: server.clearTokens(definition) }),
      })
    }
    this.#reporter.others(await findRunningServers(file))
    void removeLeftFolders()
  }

  #warnOfTls({ project }: RunningServer): void {
    if (!isNodeUnverified(project?.environment ?? this.#context.io.env)) return
    this.#reporter.log({ time: Date.now(), level: 'warn', message: unverifiedNode })
  }

  async #moved(server: Promise<RunningServer>): Promise<void> {
    const addresses = this.#addresses(await server)
    await this.#announcement?.move(addresses).catch(() => undefined)
  }

  #addresses({ url, host, port }: RunningServer): ServedAddress {
    return { url, host, port, dashboard: this.#dashboard?.url }
  }

  #watchShortcuts(server: RunningServer): { close(): void } {
    const { print, typed } = this.#reporter
    return watchShortcuts(this.#context, {
      reload: this.#flags.watch ? () => server.reload() : undefined,
      openDashboard: this.#dashboard ? () => this.#showDashboard() : undefined,
      showAddress: () => this.#reporter.showAddress(server, this.#dashboard),
      quit: this.#stop.quit,
      print,
      typed,
    })
  }

  async #close(server: RunningServer): Promise<void> {
    const drainMs = this.#drainMs
    const timer = setTimeout(() => this.#reporter.stopping({ inFlight: server.inFlight, drainMs }), quickStopMs)
    await Promise.all([server.close({ drainMs }), this.#dashboard?.close()])
    clearTimeout(timer)
    this.#announcement?.withdraw()
    this.#reporter.stopped()
  }
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined))
}
