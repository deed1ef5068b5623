import { listRoutes } from '../channel/routes.js'
import type { Dispatch } from '../exchange.js'
import { type LogSink, type Logger, createLogger } from '../log.js'
import type { Project } from '../project/project.js'
import { type Redactor, createRedactor } from '../redact.js'
import { Address } from './address.js'
import { deathEntry } from './death-entry.js'
import { EnvTypes } from './env-types.js'
import type { Death } from './events.js'
import { Gate } from './gate.js'
import { Generations } from './generations.js'
import { notServing } from './not-serving.js'
import { plainEntry } from './plain-entry.js'
import { type PrivateFolder, createPrivateFolder } from './private-folder.js'
import { ProblemReport } from './problem-report.js'
import { ProjectSource } from './project-source.js'
import { Reloader, type Served } from './reloader.js'
import { type RunningServer, type ServerOptions, addressOf, defaultDrainMs, readOptionsOf } from './server-options.js'
import { unreadableProject } from './unreadable-project.js'
import { Watcher } from './watch.js'

/** The longest that a request waits for a generation that is being made. */
const longestWaitMs = 2000
const defaultInspectPort = 9229

/**
 * A server for development: it owns the sockets, and its services live in processes that are replaced whenever something
 * changes on disk.
 */
export class DevServer implements RunningServer {
  /** Nothing that a service does ends this process. */
  readonly failed = new Promise<Error>(() => undefined)
  readonly #options: ServerOptions
  readonly #folder: PrivateFolder
  readonly #log: Logger
  readonly #gate = new Gate(longestWaitMs)
  readonly #report: ProblemReport
  readonly #source: ProjectSource
  readonly #generations: Generations
  readonly #reloader: Reloader
  readonly #watcher: Watcher
  readonly #envTypes: EnvTypes
  #address: Address | undefined
  #served: Served | undefined
  #redactor: Redactor = createRedactor([])
  #closing: Promise<void> | undefined

  /** @throws AddressError if the address cannot be bound */
  static async start(options: ServerOptions): Promise<DevServer> {
    const server = new DevServer(options, await createPrivateFolder())
    try {
      await server.#start()
      return server
    } catch (error) {
      await server.close()
      throw error
    }
  }

  private constructor(options: ServerOptions, folder: PrivateFolder) {
    const { onEvent, logSink, poll, inspect } = options
    this.#options = options
    this.#folder = folder
    this.#log = createLogger(this.#ownLogSink)
    this.#envTypes = new EnvTypes(this.#log)
    this.#report = new ProblemReport(onEvent)
    this.#source = new ProjectSource(readOptionsOf(options))
    this.#generations = new Generations({
      folder: folder.path,
      logSink,
      onEvent,
      inspectPort: inspect === true ? defaultInspectPort : inspect || undefined,
      onDeath: (death) => this.#died(death),
      onGone: () => this.#gate.close(),
      onLost: (why) => this.#reloader.replace(why),
    })
    this.#reloader = new Reloader({
      source: this.#source,
      generations: this.#generations,
      gate: this.#gate,
      report: this.#report,
      onEvent,
      onServed: (served) => this.#serve(served),
      onSettled: () => this.#settle(),
      onBackOff: (ms) => {
        this.#log.warn(`The services fail again and again: the next try is in ${ms / 1000} s, or at the next save`)
      },
      onError: (error) => this.#bug(error),
      isPatient: Boolean(inspect),
    })
    this.#watcher = new Watcher({
      poll,
      onChange: (file) => this.#reloader.notice(file),
      onError: (error) => this.#log.warn('Watching files failed: changes may go unnoticed', { error }),
    })
  }

  get url(): string {
    return this.#bound.url
  }

  get host(): string {
    return this.#bound.host
  }

  get port(): number {
    return this.#bound.port
  }

  get project(): Project | undefined {
    return this.#served?.buildable.build.project ?? this.#source.read?.project
  }

  get inFlight(): number {
    return this.#address?.inFlight ?? 0
  }

  reload(): Promise<void> {
    return this.#reloader.reload()
  }

  close({ drainMs = this.#options.drainMs ?? defaultDrainMs } = {}): Promise<void> {
    return (this.#closing ??= this.#close(drainMs))
  }

  /** The port opens whatever state the project is in; while the services load for the first time, requests wait. */
  async #start(): Promise<void> {
    const startedAt = performance.now()
    const { project: readable } = await this.#source.readProject()
    const project = readable ?? (await unreadableProject(readOptionsOf(this.#options)))
    this.#redactor = createRedactor(project.secrets, project.secretNames, project.secretPaths)
    this.#generations.prepare(project)
    this.#address = new Address(project, addressOf(this.#options, project), {
      dispatch: this.#dispatch,
      log: this.#log,
      ready: () => this.#gate.opened,
      reserved: this.#options.reserved,
      onRequest: (event) => this.#options.onEvent({ type: 'request', ...event, path: this.#redactor.url(event.path) }),
    })
    await this.#address.listen()
    await Promise.all([this.#watcher.watch(this.#source.watched()), this.#reloader.start()])
    this.#options.onEvent({
      type: 'ready',
      url: this.url,
      routes: readable ? listRoutes(readable).length : 0,
      services: this.#served?.services.length ?? 0,
      ms: performance.now() - startedAt,
    })
  }

  readonly #ownLogSink: LogSink = (entry) => this.#options.logSink(plainEntry(entry, this.#redactor))

  readonly #dispatch: Dispatch = (incoming, body, signal) => {
    const { dispatch } = this.#generations
    if (dispatch) return dispatch(incoming, body, signal)
    const { opened } = this.#gate
    if (opened) return opened.then(() => this.#dispatch(incoming, body, signal))
    return Promise.resolve(notServing(this.#report.blocking, this.#options.file))
  }

  get #bound() {
    if (!this.#address) throw new Error('The server has not started')
    return this.#address.bound
  }

  #serve(served: Served): void {
    const { project } = served.buildable.build
    this.#served = served
    this.#redactor = createRedactor(project.secrets, project.secretNames, project.secretPaths)
    this.#address?.use(this.#options.inspect ? withoutTimeLimit(project) : project)
  }

  async #settle(): Promise<void> {
    await this.#watcher.watch(this.#source.watched())
    if (!this.#served) return
    const { project } = this.#served.buildable.build
    await this.#move(project)
    await this.#envTypes.update(project)
  }

  async #move(project: Project): Promise<void> {
    try {
      const moved = await this.#address?.move(addressOf(this.#options, project))
      if (moved) this.#options.onEvent({ type: 'moved', url: this.url })
    } catch (error) {
      this.#log.error(`The server stays on ${this.url}`, { error })
    }
  }

  #died(death: Death): void {
    this.#ownLogSink(deathEntry(death))
    this.#options.onEvent({ type: 'died', ...death })
  }

  #bug(error: unknown): void {
    this.#log.error('Reloading failed', { error })
  }

  async #close(drainMs: number): Promise<void> {
    const deadline = performance.now() + drainMs
    await this.#watcher.close()
    await this.#reloader.close()
    this.#gate.open()
    await this.#address?.close({ drainMs })
    await this.#generations.close({ drainMs: Math.max(deadline - performance.now(), 0) })
    await this.#source.close()
    await this.#folder.remove()
  }
}

/** Someone who debugs a service takes their time. */
function withoutTimeLimit(project: Project): Project {
  return { ...project, server: { ...project.server, requestTimeout: 0 } }
}
