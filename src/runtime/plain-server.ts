import { listRoutes } from '../channel/routes.js'
import { type Dispatch, dispatchBy } from '../exchange.js'
import { type LogSink, createLogger } from '../log.js'
import { KeptHere } from '../outgoing/kept.js'
import { tokenKeyPrefix } from '../outgoing/oauth/token.js'
import { checkChannelServices } from '../project/check-services.js'
import type { Project } from '../project/project.js'
import { type Problem, ProjectError } from '../project/problem.js'
import { type ReadResult, readProject } from '../project/read.js'
import { type Redactor, redactorOf } from '../redact.js'
import { currentRun } from '../service/current-run.js'
import type { TraceStore } from '../trace/store.js'
import type { ServerActions } from './server-actions.js'
import { Address, type BoundAddress } from './address.js'
import { Deferred } from './deferred.js'
import { failedBeside } from './fault-outcomes.js'
import { HealthChecks } from './health/health-checks.js'
import { type LoadedHere, loadHere } from './load-here.js'
import { plainEntry } from './plain-entry.js'
import { PlainRecording } from './plain-recording.js'
import { type RunningServer, type ServerOptions, addressOf, defaultDrainMs, readOptionsOf } from './server-options.js'
import { shownRequest } from './shown-request.js'
import { describeThrown, onUncaught } from './uncaught.js'
import { runFacts } from './whereabouts.js'

interface PlainParts {
  readonly project: Project
  readonly loaded: LoadedHere
  readonly kept: KeptHere
  readonly redactor: Redactor
  readonly recording: PlainRecording | undefined
}

/** Of the file that cannot be served, and of what else there is. */
async function allProblems(read: ReadResult): Promise<readonly Problem[]> {
  const { checkProject } = await import('./check-project.js')
  return (await checkProject(read)).problems
}

/** Nothing is recorded unless it is asked for. */
function recordingOf({ keepTraces, file }: ServerOptions, project: Project): PlainRecording | undefined {
  return (keepTraces ?? project.dev.keepTraces) ? new PlainRecording(file, project) : undefined
}

/** A server for production: its services live in this very process, and nothing is watched. */
export class PlainServer implements RunningServer {
  readonly project: Project
  readonly #options: ServerOptions
  readonly #kept: KeptHere
  readonly #health: HealthChecks
  readonly #failure = new Deferred<Error>()
  readonly #loaded: LoadedHere
  readonly #address: Address
  readonly #logSink: LogSink
  readonly #redactor: Redactor
  readonly #recording: PlainRecording | undefined
  #releaseUncaught: (() => void) | undefined
  readonly traces: TraceStore | undefined
  readonly actions: ServerActions | undefined
  readonly inside = undefined
  #closing: Promise<void> | undefined

  /**
   * @throws ProjectError if the project cannot be served as it is
   * @throws AddressError if the address cannot be bound
   */
  static async start(options: ServerOptions): Promise<PlainServer> {
    const startedAt = performance.now()
    const read = await readProject(readOptionsOf(options))
    const { project } = read
    if (!project) throw new ProjectError(await allProblems(read))
    const { logSink, onEvent, streams } = options
    const kept = new KeptHere()
    const redactor = redactorOf(project)
    const recording = recordingOf(options, project)
    const loaded = await loadHere({
      project,
      kept,
      logSink: (entry) => {
        logSink(entry)
        recording?.capture.onLog(entry)
      },
      onEvent: (event) => {
        recording?.capture.onCall(event)
        onEvent(event)
      },
      onlyFailedCalls: options.onlyFailedCalls === true && !recording,
      onSpans: recording?.capture.onSpans,
      streams,
      redactor,
    })
    recording?.know(loaded.services)
    const server = new PlainServer(options, { project, loaded, kept, redactor, recording })
    try {
      await server.#start(read, startedAt)
      return server
    } catch (error) {
      await server.close()
      throw error
    }
  }

  private constructor(options: ServerOptions, { project, loaded, kept, redactor, recording }: PlainParts) {
    this.project = project
    this.#redactor = redactor
    this.#options = options
    this.#loaded = loaded
    this.#kept = kept
    this.traces = recording?.store
    this.#recording = recording
    this.#health = new HealthChecks({
      kept,
      dispatch: this.dispatch,
      logSink: options.logSink,
      onHealth: (event) => options.onEvent({ type: 'health', ...event }),
      onCall: options.onEvent,
      traces: recording?.store,
    })
    this.#logSink = (entry) => {
      const plain = plainEntry(entry, redactor)
      options.logSink(plain)
      recording?.capture.onLog(plain)
    }
    this.#address = new Address(project, addressOf(options, project), {
      run: loaded.host.run,
      log: createLogger(this.#logSink),
      reserved: options.reserved,
      tracer: recording?.capture.tracer,
      onRequest: (event) => options.onEvent(shownRequest(event, redactor)),
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

  get inFlight(): number {
    return this.#address.inFlight
  }

  get failed(): Promise<Error> {
    return this.#failure.promise
  }

  /** Does nothing: what is served stays as it is until the server is started anew. */
  reload(): Promise<void> {
    return Promise.resolve()
  }

  clearTokens(definition?: string): number {
    return this.#kept.forget(tokenKeyPrefix(definition))
  }

  /** Runs a request that came through no channel. */
  readonly dispatch: Dispatch = dispatchBy((...request) => this.#loaded.host.run(...request))

  /** From now on an error that nobody catches does not end the process, but settles `failed`. */
  catchUncaught(): void {
    this.#releaseUncaught ??= onUncaught((error) => this.#fail(error))
  }

  close({ drainMs = this.#options.drainMs ?? defaultDrainMs }: { drainMs?: number | undefined } = {}): Promise<void> {
    return (this.#closing ??= this.#close(drainMs))
  }

  async #start(read: ReadResult, startedAt: number): Promise<void> {
    const { onEvent } = this.#options
    const { services } = this.#loaded
    const names = services.map(({ name }) => name)
    const problems = [...read.problems, ...checkChannelServices(read, names)]
    if (problems.length > 0) onEvent({ type: 'problems', problems })
    await this.#recording?.open(createLogger(this.#logSink))
    await this.#address.listen()
    this.#health.use(this.project)
    const routes = listRoutes(this.project).length
    onEvent({ type: 'ready', url: this.url, routes, services: services.length, ms: performance.now() - startedAt })
  }

  get #bound(): BoundAddress {
    return this.#address.bound
  }

  /** What a process with an uncaught error still does cannot be trusted: whoever runs the server is to end it. */
  #fail(thrown: unknown): void {
    const run = currentRun()
    const { cid, service, channel } = run ? runFacts(run) : {}
    const log = createLogger(this.#logSink, { cid, service })
    log.error('Nobody caught an error of a service, so the server must end', { code: 'ZS501', channel, error: thrown })
    if (run) this.#loaded.host.fail(run.incoming, failedBeside)
    this.#failure.resolve(new Error(this.#redactor.url(describeThrown(thrown))))
  }

  async #close(drainMs: number): Promise<void> {
    const deadline = performance.now() + drainMs
    await this.#health.close()
    await this.#address.close({ drainMs })
    await this.#loaded.host.close({ drainMs: Math.max(deadline - performance.now(), 0) })
    await this.#recording?.close()
    this.#releaseUncaught?.()
  }
}
