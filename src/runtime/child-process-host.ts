import { randomUUID } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pathToFileURL } from 'node:url'
import type { Runner } from '../exchange.js'
import type { LogEntry, LogLevel } from '../log.js'
import type { Problem } from '../project/problem.js'
import type { KeptHere } from '../outgoing/kept.js'
import { credentialOf } from '../outgoing/oauth/token.js'
import type { Project } from '../project/project.js'
import { type Redactor, redactorOf } from '../redact.js'
import { type Cause, judge, reasonOf } from './death.js'
import { Deferred } from './deferred.js'
import type { Frame } from './frames.js'
import { GuardLine } from './guard-line.js'
import type { MemorySpace } from './guard-messages.js'
import type { Build, Host, HostSinks, LoadResult } from './host.js'
import { type Place, placeOf } from './load-problem.js'
import type { Doing, FromServices, ToServices } from './messages.js'
import { endedWhileLoading, notStarted } from './process-problem.js'
import { ProcessOutput } from './process-output.js'
import { RemoteDispatch } from './remote-dispatch.js'
import { type ProcessExit, exitOf, processSignature, startServicesProcess } from './services-process.js'
import { FrameSocket } from './socket.js'
import { StallWatch } from './stall-watch.js'
import { uncaughtEntry } from './uncaught-entry.js'
import type { Whereabouts } from './whereabouts.js'
import { WiredCall } from './wired-call.js'
import { within } from './within.js'

interface ChildProcessHostOptions extends HostSinks {
  readonly project: Project
  /** A folder that only this user can enter. */
  readonly folder: string
  /** What is kept for it, and for those that follow. */
  readonly kept: KeptHere
  /** Whether services may stand still as long as they like, because someone may be debugging them. */
  readonly isPatient?: boolean | undefined
}

/** How long a process may take to end once it has nothing left to do. */
const endMs = 1000

/** How long the last lines of a process that ended may take to arrive. */
const lastWordsMs = 100

/** A generation in a process of its own: what happens to it happens to nobody else. */
export class ChildProcessHost implements Host {
  readonly run: Runner
  readonly #sinks: HostSinks
  readonly #kept: KeptHere
  readonly #isPatient: boolean
  readonly #signature: string
  /** Where the process writes the bundle while it loads it. */
  readonly #file: string
  readonly #child: ChildProcess
  readonly #output: ProcessOutput
  readonly #socket: FrameSocket<FromServices, ToServices>
  readonly #guard: GuardLine
  readonly #remote: RemoteDispatch
  readonly #stallWatch: StallWatch
  readonly #ready = new Deferred<boolean>()
  readonly #loaded = new Deferred<LoadResult>()
  readonly #ended: Promise<void>
  #project: Project
  #redactor: Redactor
  #code: Uint8Array = new Uint8Array()
  #onInspecting: (() => void) | undefined
  /** What the services are doing that they may not come back from. */
  #doing: Doing | undefined
  /** Why the process had to be ended. */
  #cause: Cause | undefined
  #isReady = false
  /** A build is there that waits for the process to be up. */
  #isAwaited = false
  #isLoading = false
  /** No new request comes here any more. */
  #isDraining = false
  /** It was told to end. */
  #isEnding = false

  /** Starts a process that waits for a build of a project like this one. */
  constructor({ project, folder, kept, isPatient = false, ...sinks }: ChildProcessHostOptions) {
    this.#sinks = sinks
    this.#kept = kept
    this.#isPatient = isPatient
    this.#project = project
    this.#redactor = this.#redactorOf(project)
    this.#signature = processSignature(project)
    this.#file = join(folder, `${randomUUID()}.mjs`)
    this.#child = startServicesProcess(project, folder)
    const { stdout, stderr, stdio } = this.#child
    const socketClosed = new Deferred<undefined>()
    this.#socket = new FrameSocket(stdio[3] as unknown as Duplex, {
      onFrame: (frame) => this.#receive(frame),
      onClose: () => {
        socketClosed.resolve(undefined)
        this.#gone()
      },
    })
    this.#guard = new GuardLine(stdio[4] as unknown as Duplex, (space, where) => {
      this.#endFor(this.#outOfMemory(space, where))
    })
    this.#stallWatch = new StallWatch({
      isBusy: () => this.#isLoading || this.#remote.isBusy,
      ping: () => this.#socket.send({ type: 'ping' }),
      onStall: () => void this.#stalled(),
    })
    this.#remote = new RemoteDispatch(
      (message, body) => this.#socket.send(message, body),
      () => this.#stallWatch.start(),
    )
    this.run = this.#remote.run
    this.#output = new ProcessOutput(stdout, stderr, (level, line) => this.#log(level, line))
    const outputClosed = new Promise((resolve) => this.#child.on('close', resolve))
    this.#ended = Promise.all([exitOf(this.#child), socketClosed.promise]).then(async ([exit]) => {
      // A process that the services started may hold the output open.
      await within(lastWordsMs, outputClosed)
      this.#end(exit)
    })
  }

  /** Whether this process can load a build of `project`: memory and environment that were settled at its start fit. */
  fits(project: Project): boolean {
    return !this.#isEnding && this.#signature === processSignature(project)
  }

  /** Settles once the process is up, or did not come up. */
  get started(): Promise<unknown> {
    return this.#ready.promise
  }

  async load({ project, bundle }: Build): Promise<LoadResult> {
    this.#project = project
    this.#redactor = this.#redactorOf(project)
    this.#code = bundle.code
    this.#isAwaited = true
    if (await this.#ready.promise) {
      this.#watch(project)
      this.#isLoading = true
      this.#stallWatch.start()
      this.#socket.send({ type: 'build', project, file: this.#file, kept: this.#kept.entries() }, bundle.code)
      this.#socket.flush()
    }
    const result = await this.#loaded.promise
    this.#isLoading = false
    return result
  }

  /** What was kept under keys that begin so is not used here any more. */
  forget(prefix: string): void {
    if (this.#isReady && !this.#isEnding) this.#socket.send({ type: 'forget', prefix })
  }

  /** Opens the debugger on `port`, or closes it. */
  async inspect(port: number | undefined): Promise<void> {
    if (!(await this.#ready.promise) || this.#isEnding) return
    const done = new Deferred<undefined>()
    this.#onInspecting = () => done.resolve(undefined)
    this.#socket.send({ type: 'inspect', port })
    await Promise.race([done.promise, this.#ended])
  }

  /** Connections must not lead to this port of this machine. */
  guardPort(port: number): void {
    this.#socket.send({ type: 'guardPort', port })
  }

  async close({ drainMs }: { drainMs: number }): Promise<void> {
    const deadline = Date.now() + drainMs
    this.#isDraining = true
    await within(drainMs, Promise.race([this.#remote.idle(), this.#ended]))
    this.#isEnding = true
    this.#socket.send({ type: 'drain' })
    const ended = await within(Math.max(deadline - Date.now(), endMs), this.#ended)
    if (!ended) await this.kill()
  }

  /** Ends the process at once, whatever it is doing. */
  async kill(): Promise<void> {
    this.#isEnding = true
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #watch({ server }: Project): void {
    if (this.#isPatient) return
    this.#stallWatch.limit(server.stallTimeout)
    this.#guard.watchMemory(server.maxMemory)
  }

  #receive({ head, body }: Frame<FromServices>): void {
    if (head.type === 'ready') this.#start()
    else if (head.type === 'pong') this.#stallWatch.answered()
    else if (head.type === 'doing') this.#doing = head.doing
    else if (head.type === 'loaded') this.#loaded.resolve({ services: head.services, problems: [] })
    else if (head.type === 'failed') this.#loaded.resolve({ services: [], problems: head.problems })
    else if (head.type === 'log') this.#sinks.logSink(head.entry)
    else if (head.type === 'keep') this.#keep(head)
    else if (head.type === 'event') this.#sinks.onEvent?.(new WiredCall(body.toString(), head))
    else if (head.type === 'spans') this.#sinks.onSpans?.(head.report)
    else if (head.type === 'uncaught') this.#uncaught(head)
    else if (head.type === 'inspecting') this.#onInspecting?.()
    else this.#remote.receive(head, body)
  }

  #keep({ key, value }: Extract<FromServices, { type: 'keep' }>): void {
    this.#kept.set(key, value)
    learnToken(this.#redactor, value)
  }

  /** Tokens that were fetched are secrets like those of the project. */
  #redactorOf(project: Project): Redactor {
    const redactor = redactorOf(project)
    for (const [, value] of this.#kept.entries()) learnToken(redactor, value)
    return redactor
  }

  #start(): void {
    this.#isReady = true
    this.#output.up()
    if (!this.#isAwaited) this.#socket.send({ type: 'rehearse', project: withoutItems(this.#project) })
    this.#ready.resolve(true)
  }

  #uncaught({ message, where }: Extract<FromServices, { type: 'uncaught' }>): void {
    this.#sinks.logSink(uncaughtEntry({ message, where, place: this.#placeOf(where) }, this.#redactor))
    if (!this.#isDraining) this.#sinks.onUncaught?.({ byRequest: where.run !== undefined })
  }

  async #stalled(): Promise<void> {
    const { stallTimeout: seconds } = this.#project.server
    this.#gone()
    const where = await this.#guard.stop()
    // Nobody can look into a system call, but what was to be called is known.
    this.#endFor({ type: 'stall', seconds, ...(where ? { where } : this.#doing) })
  }

  #endFor(cause: Cause): void {
    this.#cause ??= cause
    this.#gone()
    this.#child.kill('SIGKILL')
  }

  #gone(): void {
    if (!this.#isEnding) this.#sinks.onGone?.()
  }

  /** What services write past the logger, and what Node itself says, becomes log lines. */
  #log(level: LogLevel, message: string): void {
    const entry: LogEntry = { time: Date.now(), level, message: this.#redactor.url(message) }
    this.#sinks.logSink(entry)
  }

  #end(exit: ProcessExit): void {
    this.#stallWatch.stop()
    const cause = this.#cause ?? this.#causeOf(exit)
    const place = this.#placeOf(cause.where)
    const { death, outcomeOf } = judge(cause, { requests: this.#remote.requests, place })
    this.#remote.fail(outcomeOf)
    if (!this.#isEnding) this.#sinks.onDeath?.(death)
    this.#isEnding = true
    this.#ready.resolve(false)
    void this.#endLoading(cause, place)
  }

  /** Does nothing if it had loaded. */
  async #endLoading(cause: Cause, place: Place | undefined): Promise<void> {
    this.#loaded.resolve({ services: [], problems: [await this.#problemOf(cause, place)] })
  }

  #outOfMemory(space: MemorySpace, where?: Whereabouts): Cause {
    return { type: 'memory', space, limit: this.#project.server.maxMemory, where, suspect: this.#guard.suspect }
  }

  #causeOf(exit: ProcessExit): Cause {
    if (this.#isReady && this.#output.tellsOfFullHeap) return this.#outOfMemory('heap')
    const isEnd = this.#doing?.what.startsWith('process.')
    return { type: 'exit', exit, ...(isEnd && this.#doing) }
  }

  #problemOf(cause: Cause, place: Place | undefined): Promise<Problem> | Problem {
    const redactor = this.#redactor
    if (this.#isReady) return endedWhileLoading(this.#project, { reason: reasonOf(cause), place, redactor })
    return notStarted(this.#project, `${reasonOf(cause)} ${redactor.text(this.#output.lastWords)}`.trim())
  }

  #placeOf(where: Whereabouts | undefined): Place | undefined {
    return where && placeOf(where.stack, { url: pathToFileURL(this.#file).href, code: this.#code })
  }
}

/** A project in which there is nothing that could do anything. */
function withoutItems(project: Project): Project {
  return { ...project, outgoingRest: [], channelRest: [], security: [], groups: [], environment: {}, secrets: [] }
}

function learnToken(redactor: Redactor, kept: unknown): void {
  const credential = credentialOf(kept)
  if (credential !== undefined) redactor.learn(credential)
}
