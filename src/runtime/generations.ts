import type { Runner } from '../exchange.js'
import { type Kept, KeptHere } from '../outgoing/kept.js'
import { guardPort } from '../outgoing/own-port.js'
import type { Project } from '../project/project.js'
import { ChildProcessHost } from './child-process-host.js'
import type { Death } from './events.js'
import type { Build, HostSinks, LoadResult } from './host.js'
import { within } from './within.js'

interface GenerationsOptions extends Pick<HostSinks, 'logSink' | 'onEvent' | 'onSpans'> {
  /** A folder that only this user can enter. */
  readonly folder: string
  /** Port of the debugger, which is always that of the current generation. */
  readonly inspectPort?: number | undefined
  /** A generation ended by itself, the current one or one that had still to answer. */
  readonly onDeath: (death: Death) => void
  /** The current generation does not answer any more; `onLost` follows. */
  readonly onGone: () => void
  /** The current generation is gone, or is to be replaced, because of a request that it answered or by itself. */
  readonly onLost: (why: { readonly byRequest: boolean }) => void
}

export interface Loading {
  /** The process is up, so that the modules run from now on. */
  readonly begun: Promise<unknown>
  readonly result: Promise<LoadResult>
  /** Gives up; the result is then a failure. */
  cancel(): void
}

/** How long a process may take to let go of the port of the debugger. */
const portMs = 500

/** How many old generations may wait for their last requests; beyond it, the oldest is ended. */
const maxDraining = 8

/** The processes of a server: the current generation, a spare that is booted ahead, and old ones that finish their work. */
export class Generations {
  readonly #options: GenerationsOptions
  #current: ChildProcessHost | undefined
  #currentSince = 0
  #spare: ChildProcessHost | undefined
  #candidate: ChildProcessHost | undefined
  readonly #draining = new Map<ChildProcessHost, Promise<void>>()
  /** The current one does not answer any more. */
  #isGone = false
  /** Tokens and the like, which no generation takes along when it ends. */
  readonly #kept = new KeptHere()
  #closed = false
  /** Where connections must not lead: the server's own. */
  #guardedPort: number | undefined

  constructor(options: GenerationsOptions) {
    this.#options = options
  }

  /** Runs requests in the current generation; undefined while there is none. */
  get run(): Runner | undefined {
    return this.#isGone ? undefined : this.#current?.run
  }

  /** Milliseconds since the current generation took over. */
  get age(): number {
    return performance.now() - this.#currentSince
  }

  /** Boots a process that a project like this one can be loaded into, unless one is there. */
  prepare(project: Project): void {
    if (this.#closed || this.#spare?.fits(project)) return
    void this.#spare?.kill()
    this.#spare = this.#start(project)
  }

  /** Loads a build into the spare. It is not current before `adopt`. */
  load(build: Build): Loading {
    this.prepare(build.project)
    const host = this.#spare ?? this.#start(build.project)
    this.#spare = undefined
    this.#candidate = host
    return { begun: host.started, result: this.#load(host, build), cancel: () => void host.kill() }
  }

  /** What was loaded last answers from now on; what answered until now finishes its requests and ends. */
  adopt(): void {
    const old = this.#current
    this.#current = this.#candidate
    this.#isGone = false
    this.#currentSince = performance.now()
    this.#candidate = undefined
    if (old) this.#drain(old)
  }

  /** What was loaded last was only to be looked at. */
  async discard(): Promise<void> {
    const host = this.#candidate
    this.#candidate = undefined
    await host?.kill()
    if (this.#current) await this.#openDebugger(this.#current)
  }

  /** Where tokens and the like are kept, whichever generation is the current one. */
  get kept(): Kept {
    return this.#kept
  }

  /** Forgets what is kept under keys that begin so, in every process, and gives how many there were. */
  forget(prefix: string): number {
    for (const host of [this.#current, this.#candidate, ...this.#draining.keys()]) host?.forget(prefix)
    return this.#kept.forget(prefix)
  }

  /** Connections must not lead to this port of this machine from now on. */
  guardPort(port: number): void {
    this.#guardedPort = port
    // Calls that were asked for by hand are made in this process.
    guardPort(port)
    for (const host of [this.#current, this.#candidate, this.#spare]) host?.guardPort(port)
  }

  async close({ drainMs }: { drainMs: number }): Promise<void> {
    this.#closed = true
    const idle = [this.#spare, this.#candidate].map((host) => host?.kill())
    const busy = [this.#current, ...this.#draining.keys()].map((host) => host?.close({ drainMs }))
    await Promise.all([...idle, ...busy])
  }

  async #load(host: ChildProcessHost, build: Build): Promise<LoadResult> {
    await this.#openDebugger(host)
    const result = await host.load(build)
    if (result.problems.length === 0) return result
    if (this.#candidate === host) this.#candidate = undefined
    await host.kill()
    if (this.#current) await this.#openDebugger(this.#current)
    return result
  }

  /**
   * Before the modules run, so that breakpoints in them hold. A process that is paused does not let go of the port: then
   * its debugger stays with it until it goes on, and moves afterwards.
   */
  async #openDebugger(host: ChildProcessHost): Promise<void> {
    const { inspectPort } = this.#options
    if (inspectPort === undefined) return
    const released = this.#current !== host && this.#current?.inspect(undefined)
    if (!released || (await within(portMs, released))) {
      await host.inspect(inspectPort)
      return
    }
    void released.then(() => {
      if (host === this.#current || host === this.#candidate) void host.inspect(inspectPort)
    })
  }

  #start(project: Project): ChildProcessHost {
    const { folder, logSink, onEvent, onSpans, inspectPort } = this.#options
    const host: ChildProcessHost = new ChildProcessHost({
      project,
      folder,
      logSink,
      onEvent,
      onSpans,
      kept: this.#kept,
      isPatient: inspectPort !== undefined,
      onGone: () => {
        if (host !== this.#current) return
        this.#isGone = true
        this.#options.onGone()
      },
      onDeath: (death) => this.#died(host, death),
      onUncaught: (why) => {
        if (host === this.#current) this.#options.onLost(why)
      },
    })
    if (this.#guardedPort !== undefined) host.guardPort(this.#guardedPort)
    return host
  }

  #died(host: ChildProcessHost, death: Death): void {
    if (host === this.#spare) this.#spare = undefined
    const wasCurrent = host === this.#current
    if (wasCurrent) this.#current = undefined
    if (wasCurrent || death.culprit || death.requests.length > 0) this.#options.onDeath(death)
    if (wasCurrent) this.#options.onLost({ byRequest: death.culprit !== undefined })
  }

  #drain(host: ChildProcessHost): void {
    const drained = host.close({ drainMs: maxTimerMs }).finally(() => this.#draining.delete(host))
    this.#draining.set(host, drained)
    const [oldest] = this.#draining.keys()
    if (oldest && this.#draining.size > maxDraining) void oldest.kill()
  }
}

/** The longest that a timer can be set to. */
const maxTimerMs = 2 ** 31 - 1
