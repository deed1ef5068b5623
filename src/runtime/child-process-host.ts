import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex, Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import type { Dispatch, Outcome } from '../exchange.js'
import type { LogLevel } from '../log.js'
import type { Project } from '../project/project.js'
import { type Redactor, createRedactor } from '../redact.js'
import { Deferred } from './deferred.js'
import { startSignature } from './environment.js'
import type { Frame } from './frames.js'
import type { Build, Host, HostSinks, LoadResult } from './host.js'
import type { FromServices, ToServices } from './messages.js'
import { runtimeFile } from './package-files.js'
import { endedWhileLoading, notStarted } from './process-problem.js'
import { RemoteDispatch } from './remote-dispatch.js'
import { FrameSocket } from './socket.js'
import { within } from './within.js'

interface ChildProcessHostOptions extends HostSinks {
  readonly project: Project
  /** A folder that only this user can enter. */
  readonly folder: string
}

const megabyte = 1024 * 1024

/** How long a process may take to end once it has nothing left to do. */
const endMs = 1000

/** How long the last lines of a process that ended may take to arrive. */
const lastWordsMs = 100

/** How Node's report begins when the heap is full. */
const heapReport = '<--- Last few GCs --->'

/** What the callers of a process that died get: nothing was wrong with their request, and it may be sent again at once. */
const lost: Outcome = {
  statusCode: 503,
  headers: { 'retry-after': '0' },
  problem: { title: 'Service Unavailable', detail: 'The process of the services ended while it answered this request' },
}

/** A generation in a process of its own: what happens to it happens to nobody else. */
export class ChildProcessHost implements Host {
  readonly dispatch: Dispatch
  readonly #sinks: HostSinks
  readonly #signature: string
  readonly #maxMemory: number
  readonly #child: ChildProcess
  readonly #socket: FrameSocket<FromServices, ToServices>
  readonly #remote: RemoteDispatch
  readonly #ready = new Deferred<boolean>()
  readonly #loaded = new Deferred<LoadResult>()
  readonly #ended: Promise<void>
  #project: Project
  #redactor: Redactor
  #onInspecting: (() => void) | undefined
  /** What Node prints is about itself: why it does not start, or how its heap is full, at a length that helps nobody. */
  #isDying = false
  #lastWords = ''
  #isReady = false
  /** No new request comes here any more. */
  #isDraining = false
  /** It was told to end. */
  #isEnding = false

  /** Starts a process that waits for a build of a project like this one. */
  constructor({ project, folder, ...sinks }: ChildProcessHostOptions) {
    this.#sinks = sinks
    this.#project = project
    this.#redactor = createRedactor(project.secrets, project.secretNames)
    this.#signature = processSignature(project)
    this.#maxMemory = project.server.maxMemory
    this.#child = startProcess(project, folder)
    const socketClosed = new Deferred<undefined>()
    this.#socket = new FrameSocket(this.#child.stdio[3] as unknown as Duplex, {
      onFrame: (frame) => this.#receive(frame),
      onClose: () => socketClosed.resolve(undefined),
    })
    this.#remote = new RemoteDispatch((message, body) => this.#socket.send(message, body))
    this.dispatch = this.#remote.dispatch
    this.#readOutput(this.#child.stdout, 'info')
    this.#readOutput(this.#child.stderr, 'warn')
    // The lifeline of a process that was killed is reset.
    this.#child.stdio[4]?.on('error', () => undefined)
    const outputClosed = new Promise((resolve) => this.#child.on('close', resolve))
    this.#ended = Promise.all([exitOf(this.#child), socketClosed.promise]).then(async ([reason]) => {
      // A process that the services started may hold the output open.
      await within(lastWordsMs, outputClosed)
      this.#end(reason)
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
    this.#redactor = createRedactor(project.secrets, project.secretNames)
    if (await this.#ready.promise) this.#socket.send({ type: 'build', project }, bundle.code)
    return this.#loaded.promise
  }

  /** Opens the debugger on `port`, or closes it. */
  async inspect(port: number | undefined): Promise<void> {
    if (!(await this.#ready.promise) || this.#isEnding) return
    const done = new Deferred<undefined>()
    this.#onInspecting = () => done.resolve(undefined)
    this.#socket.send({ type: 'inspect', port })
    await Promise.race([done.promise, this.#ended])
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

  #receive({ head, body }: Frame<FromServices>): void {
    if (head.type === 'ready') this.#start()
    else if (head.type === 'loaded') this.#loaded.resolve({ services: head.services, problems: [] })
    else if (head.type === 'failed') this.#loaded.resolve({ services: [], problems: head.problems })
    else if (head.type === 'log') this.#sinks.logSink(head.entry)
    else if (head.type === 'event') this.#sinks.onEvent?.(head.event)
    else if (head.type === 'uncaught') this.#uncaught(head.message)
    else if (head.type === 'inspecting') this.#onInspecting?.()
    else this.#remote.receive(head, body)
  }

  #start(): void {
    this.#isReady = true
    this.#ready.resolve(true)
  }

  #uncaught(message: string): void {
    this.#log('error', `Nobody caught an error of a service: ${message}`)
    if (!this.#isDraining) this.#sinks.onUncaught?.()
  }

  /** What services write past the logger, and what Node itself says, becomes log lines. */
  #readOutput(stream: Readable | null, level: LogLevel): void {
    if (!stream) return
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.#isDying ||= line === heapReport || !this.#isReady
      if (this.#isDying) this.#lastWords += `${line}\n`
      else this.#log(level, line)
    })
  }

  #log(level: LogLevel, message: string): void {
    this.#sinks.logSink({ time: Date.now(), level, message: this.#redactor.text(message) })
  }

  #end(exit: string): void {
    const reason = this.#reasonOf(exit)
    const requests = this.#remote.fail(lost).map(({ cid, service }) => ({ cid, service }))
    const problem = this.#isReady ? endedWhileLoading(this.#project, reason) : notStarted(this.#project, reason)
    this.#ready.resolve(false)
    this.#loaded.resolve({ services: [], problems: [problem] })
    if (!this.#isEnding) this.#sinks.onDeath?.({ reason, requests })
    this.#isEnding = true
  }

  #reasonOf(exit: string): string {
    if (!this.#isReady) return `${exit} ${this.#redactor.text(this.#lastWords)}`.trim()
    if (!this.#lastWords.includes('heap out of memory')) return exit
    return `ran out of memory (server.max_memory is ${Math.round(this.#maxMemory / megabyte)} MB)`
  }
}

function startProcess(project: Project, folder: string): ChildProcess {
  const memory = Math.ceil(project.server.maxMemory / megabyte)
  const args = ['--enable-source-maps', `--max-old-space-size=${memory}`, runtimeFile('child.js'), folder]
  return spawn(process.execPath, args, {
    env: project.environment,
    // Output, output, messages, and the lifeline that the guard watches.
    stdio: ['ignore', 'pipe', 'pipe', 'overlapped', 'overlapped'],
    windowsHide: true,
  })
}

function processSignature({ environment, server }: Project): string {
  return `${server.maxMemory} ${startSignature(environment)}`
}

/** Why a process ended, or did not even start. */
async function exitOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return signal ? `was ended by ${signal}` : `exited with code ${code ?? 0}`
  } catch (error) {
    return `did not start: ${error instanceof Error ? error.message : String(error)}`
  }
}
