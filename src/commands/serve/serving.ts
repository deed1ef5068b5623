import { Inbox } from '../../runtime/inbox.js'
import { removeLeftFolders } from '../../runtime/private-folder.js'
import { Announcement, findRunningServers } from '../../runtime/running-servers.js'
import { type RunningServer, startServer } from '../../runtime/server.js'
import type { Context } from '../context.js'
import { readOptionsOf } from '../project.js'
import { explainBusyPort } from './busy-port.js'
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
    const server = startServer({
      ...options,
      env,
      host,
      port,
      reserved,
      watch,
      poll,
      inspect,
      drainMs: this.#drainMs,
      logSink: this.#reporter.log,
      streams: this.#context.io,
      onEvent: (event) => {
        this.#reporter.event(event)
        if (event.type === 'moved') void this.#moved(server)
      },
    })
    return server.catch(async (error: unknown) => {
      const others = await findRunningServers(options.file)
      throw explainBusyPort(error, { others, lineWithPort: (free) => lineWithPort(this.#context, this.#flags, free) })
    })
  }

  /** Says so on the screen and to other processes, and looks for what is left of, or else done by them. */
  async #announce(server: RunningServer): Promise<void> {
    const { file } = readOptionsOf(this.#context)
    this.#reporter.started(server)
    this.#warnOfTls(server)
    this.#announcement = await Announcement.make(file, server)
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
    await this.#announcement?.move(await server).catch(() => undefined)
  }

  #watchShortcuts(server: RunningServer): { close(): void } {
    const { print, typed } = this.#reporter
    return watchShortcuts(this.#context, {
      reload: this.#flags.watch ? () => server.reload() : undefined,
      showAddress: () => this.#reporter.showAddress(server),
      quit: this.#stop.quit,
      print,
      typed,
    })
  }

  async #close(server: RunningServer): Promise<void> {
    const drainMs = this.#drainMs
    const timer = setTimeout(() => this.#reporter.stopping({ inFlight: server.inFlight, drainMs }), quickStopMs)
    await server.close({ drainMs })
    clearTimeout(timer)
    this.#announcement?.withdraw()
    this.#reporter.stopped()
  }
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined))
}
