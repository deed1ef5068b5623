import { dirname } from 'node:path'
import { listRoutes } from '../channel/routes.js'
import { ZatoError } from '../errors.js'
import { type Dispatch, type Runner, dispatchBy } from '../exchange.js'
import { type LogEntry, type LogSink, type Logger, createLogger } from '../log.js'
import { tokenKeyPrefix } from '../outgoing/oauth/token.js'
import type { Project } from '../project/project.js'
import { type Redactor, createRedactor, redactorOf } from '../redact.js'
import type { SourceRecord } from '../trace/record.js'
import { TraceStore } from '../trace/store.js'
import { Actions } from './act/actions.js'
import { Address } from './address.js'
import { Capture } from './capture/capture.js'
import type { CaptureContext } from './capture/context.js'
import { deathEntry } from './death-entry.js'
import { EnvTypes } from './env-types.js'
import { sourceOfFile } from './error-source.js'
import type { Death } from './events.js'
import { Gate } from './gate.js'
import { Generations } from './generations.js'
import { HealthChecks } from './health/health-checks.js'
import type { ServerInside } from './inside.js'
import { notServing } from './not-serving.js'
import { plainEntry } from './plain-entry.js'
import { type PrivateFolder, createPrivateFolder } from './private-folder.js'
import { ProblemReport } from './problem-report.js'
import { ProjectSource } from './project-source.js'
import { Reloader, type Served } from './reloader.js'
import { type RunningServer, type ServerOptions, addressOf, defaultDrainMs, readOptionsOf } from './server-options.js'
import { shownRequest } from './shown-request.js'
import { TraceFile } from './trace-file.js'
import { unreadableProject } from './unreadable-project.js'
import { Watcher } from './watch.js'
import { isFailedCall, plainCall } from './wired-call.js'

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
  readonly #capture: Capture
  readonly #envTypes: EnvTypes
  readonly #health: HealthChecks
  #address: Address | undefined
  #traceFile: TraceFile | undefined
  #served: Served | undefined
  #servedSince: number | undefined
  readonly #settledListeners = new Set<() => void>()
  #redactor: Redactor = createRedactor([])
  #captureContext: CaptureContext
  readonly traces: TraceStore
  readonly actions: Actions
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
    const { onEvent, onlyFailedCalls, poll, inspect } = options
    this.#options = options
    this.#folder = folder
    this.traces = new TraceStore()
    this.#captureContext = this.#contextOf(new Map())
    this.#capture = new Capture(this.traces, () => this.#captureContext)
    this.#log = createLogger(this.#ownLogSink)
    this.actions = new Actions({
      capture: this.#capture,
      log: this.#log,
      project: () => this.#projectInEffect,
      redactor: () => this.#redactor,
      services: () => this.#served?.services.map(({ name }) => name) ?? [],
      dispatch: this.#dispatch,
      address: () => this.#bound,
      running: new Map(),
    })
    this.#envTypes = new EnvTypes(this.#log)
    this.#report = new ProblemReport(onEvent)
    this.#source = new ProjectSource(readOptionsOf(options), { scratch: folder.path })
    this.#generations = new Generations({
      folder: folder.path,
      logSink: (entry) => this.#passOn(entry),
      onEvent: (event) => {
        this.#capture.onCall(event)
        if (onlyFailedCalls !== true || isFailedCall(event)) onEvent(plainCall(event))
      },
      onSpans: this.#capture.onSpans,
      inspectPort: inspect === true ? defaultInspectPort : inspect || undefined,
      onDeath: (death) => this.#died(death),
      onGone: () => this.#gate.close(),
      onLost: (why) => this.#reloader.replace(why),
    })
    this.#health = new HealthChecks({
      kept: this.#generations.kept,
      dispatch: this.#dispatch,
      logSink: (entry) => this.#passOn(entry),
      onHealth: (event) => onEvent({ type: 'health', ...event }),
      onCall: onEvent,
      traces: this.traces,
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
      onChange: (file) => void this.#reloader.notice(file),
      onError: (error) => this.#log.warn('Watching files failed: changes may go unnoticed', { error }),
      onPolling: (reason) => this.#log.warn(pollingReasons[reason]),
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

  get inside(): ServerInside {
    const { folder, files } = this.#source.watched()
    return {
      services: this.#served?.services ?? [],
      servedSince: this.#servedSince,
      problems: this.#report.problems,
      watched: [...files, ...(folder === undefined ? [] : [folder])],
      changed: (file) => this.#reloader.notice(file),
      onSettled: (listener) => {
        this.#settledListeners.add(listener)
        return () => void this.#settledListeners.delete(listener)
      },
      guardPort: (port) => this.#generations.guardPort(port),
    }
  }

  get inFlight(): number {
    return this.#address?.inFlight ?? 0
  }

  clearTokens(definition?: string): number {
    return this.#generations.forget(tokenKeyPrefix(definition))
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
    this.#redactor = redactorOf(project)
    this.#captureContext = this.#contextOf(new Map())
    this.#generations.prepare(project)
    this.#address = new Address(project, addressOf(this.#options, project), {
      run: this.#run,
      log: this.#log,
      ready: () => this.#gate.opened,
      tracer: this.#capture.tracer,
      reserved: this.#options.reserved,
      onRequest: (event) => this.#options.onEvent(shownRequest(event, this.#redactor)),
    })
    await this.#address.listen()
    await this.#keepTraces(project)
    await Promise.all([this.#watcher.watch(this.#source.watched()), this.#reloader.start()])
    this.#options.onEvent({
      type: 'ready',
      url: this.url,
      routes: readable ? listRoutes(readable).length : 0,
      services: this.#served?.services.length ?? 0,
      ms: performance.now() - startedAt,
    })
  }

  async #keepTraces({ dev }: Project): Promise<void> {
    this.traces.limit({ traces: dev.maxTraces, bytes: dev.maxTraceMemory })
    if (!(this.#options.keepTraces ?? dev.keepTraces)) return
    this.#traceFile = await TraceFile.open(this.#options.file, this.traces, this.#log)
  }

  readonly #ownLogSink: LogSink = (entry) => this.#passOn(plainEntry(entry, this.#redactor))

  /** A log line without secrets. */
  #passOn(entry: LogEntry): void {
    this.#options.logSink(entry)
    this.#capture.onLog(entry)
  }

  /** @param sources where the classes of services are */
  #contextOf(sources: ReadonlyMap<string, SourceRecord>): CaptureContext {
    return { root: dirname(this.#options.file), redactor: this.#redactor, sourceOf: (name) => sources.get(name) }
  }

  readonly #run: Runner = (incoming, body, rest) => {
    const { run } = this.#generations
    const { opened } = this.#gate
    if (run) run(incoming, body, rest)
    else if (opened) void opened.then(() => this.#run(incoming, body, rest))
    else rest.done(notServing(this.#report.blocking, this.#options.file))
  }

  readonly #dispatch: Dispatch = dispatchBy(this.#run)

  /** @throws ZatoError if none can be used */
  get #projectInEffect(): Project {
    const { project } = this
    if (project) return project
    throw new ZatoError('ZU002', 'There is no project file that can be used', {
      hint: 'zato-ts check says what is wrong',
    })
  }

  get #bound() {
    if (!this.#address) throw new Error('The server has not started')
    return this.#address.bound
  }

  #serve(served: Served): void {
    const { project } = served.buildable.build
    this.#served = served
    this.#servedSince = Date.now()
    this.#redactor = redactorOf(project)
    this.#health.use(project)
    this.#captureContext = this.#contextOf(
      new Map(served.services.map(({ name, file }) => [name, sourceOfFile(file, project.root)])),
    )
    this.traces.limit({ traces: project.dev.maxTraces, bytes: project.dev.maxTraceMemory })
    this.#address?.use(this.#options.inspect ? withoutTimeLimit(project) : project)
  }

  async #settle(): Promise<void> {
    await this.#watcher.watch(this.#source.watched())
    if (this.#served) {
      const { project } = this.#served.buildable.build
      await this.#move(project)
      await this.#envTypes.update(project)
    }
    for (const listener of this.#settledListeners) listener()
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
    await this.#health.close()
    await this.#watcher.close()
    await this.actions.close()
    await this.#reloader.close()
    this.#gate.open()
    await this.#address?.close({ drainMs })
    await this.#generations.close({ drainMs: Math.max(deadline - performance.now(), 0) })
    await this.#source.close()
    await this.#traceFile?.flush()
    await this.#folder.remove()
  }
}

/** Someone who debugs a service takes their time. */
function withoutTimeLimit(project: Project): Project {
  return { ...project, server: { ...project.server, requestTimeout: 0 } }
}

const pollingReasons = {
  silent:
    'The system does not tell of changes here, so files are looked at ten times a second from now on (as with --poll)',
  'too-many':
    'The system watches no more files for this user, so they are looked at ten times a second from now on (as with --poll)',
} as const
