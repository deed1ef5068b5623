import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Incoming, type Outcome, type Runner, discard } from '../exchange.js'
import type { LogLevel } from '../log.js'
import type { Kept } from '../outgoing/kept.js'
import { type Redactor, redactorOf } from '../redact.js'
import { currentRun, runAs } from '../service/current-run.js'
import { type Listed, UnorderedList } from '../unordered-list.js'
import { applyEnvironment } from './environment.js'
import { Generation } from './generation.js'
import type { Build, Host, HostSinks, LoadResult } from './host.js'
import { plainEntry } from './plain-entry.js'
import { type OutputStreams, captureOutput } from './stray-output.js'
import { within } from './within.js'

interface SameProcessHostOptions extends HostSinks {
  readonly folder: string
  /** Where fetched tokens and the like are kept; with the services, unless given. */
  readonly kept?: Kept | undefined
  /** What services write to them past the logger becomes log lines. */
  readonly streams?: OutputStreams | undefined
  /** Learns the tokens that are fetched; one of its own by default. */
  readonly redactor?: Redactor | undefined
}

/** A request, with what answers it. */
interface InFlight extends Listed {
  readonly incoming: Incoming
  readonly done: (outcome: Outcome) => void
}

/** A generation in this very process, for production, `invoke` and tests. */
export class SameProcessHost implements Host {
  readonly #sinks: HostSinks
  readonly #folder: string
  readonly #streams: OutputStreams | undefined
  readonly #kept: Kept | undefined
  readonly #redactor: Redactor | undefined
  #generation: Generation | undefined
  #restoreEnvironment: (() => void) | undefined
  #releaseOutput: (() => void) | undefined
  readonly #inFlight = new UnorderedList<InFlight>()
  #onIdle: (() => void) | undefined

  constructor(options: SameProcessHostOptions) {
    this.#sinks = options
    this.#folder = options.folder
    this.#streams = options.streams
    this.#kept = options.kept
    this.#redactor = options.redactor
  }

  async load({ project, bundle }: Build): Promise<LoadResult> {
    process.setSourceMapsEnabled(true)
    this.#restoreEnvironment = applyEnvironment(project.environment)
    const redactor = this.#redactor ?? redactorOf(project)
    if (this.#streams) this.#captureOutput(redactor, this.#streams)
    const { logSink, onEvent, onlyFailedCalls, onSpans } = this.#sinks
    const file = join(this.#folder, `${randomUUID()}.mjs`)
    const loaded = await Generation.load({
      project,
      code: bundle.code,
      file,
      kept: this.#kept,
      logSink,
      onEvent,
      onlyFailedCalls,
      onSpans,
      redactor,
    })
    this.#generation = loaded.generation
    return { services: loaded.generation?.services ?? [], problems: loaded.problems }
  }

  readonly run: Runner = (incoming, body, { signal, done }) => {
    const generation = this.#generation
    if (!generation) throw new Error('No generation is loaded')
    const inFlight: InFlight = { incoming, done, place: -1 }
    this.#inFlight.add(inFlight)
    const rest = { signal, done: (outcome: Outcome) => this.#finish(inFlight, outcome) }
    runAs({ incoming, service: incoming.service }, () => generation.run(incoming, body, rest))
  }

  /** Answers a request at once, in place of whatever its service may yet come to. */
  fail(incoming: Incoming, outcome: Outcome): void {
    for (const inFlight of this.#inFlight) {
      if (inFlight.incoming === incoming) this.#finish(inFlight, outcome)
    }
  }

  async close({ drainMs }: { drainMs: number }): Promise<void> {
    const deadline = Date.now() + drainMs
    if (this.#inFlight.size > 0) await within(drainMs, new Promise<void>((resolve) => (this.#onIdle = resolve)))
    if (this.#generation) await within(Math.max(deadline - Date.now(), 0), this.#generation.close())
    this.#restoreEnvironment?.()
    this.#releaseOutput?.()
  }

  #captureOutput(redactor: Redactor, streams: OutputStreams): void {
    this.#releaseOutput = captureOutput(streams, (level: LogLevel, message: string) => {
      const run = currentRun()
      const entry = { time: Date.now(), level, message, cid: run?.incoming.cid, service: run?.service }
      this.#sinks.logSink(plainEntry(entry, redactor))
    })
  }

  /** Only the first outcome counts. */
  #finish(inFlight: InFlight, outcome: Outcome): void {
    if (!this.#inFlight.delete(inFlight)) {
      discard(outcome)
      return
    }
    inFlight.done(outcome)
    if (this.#inFlight.size === 0) this.#onIdle?.()
  }
}
