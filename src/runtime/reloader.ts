import { setTimeout as sleep } from 'node:timers/promises'
import type { Problem } from '../project/problem.js'
import type { ServiceInfo } from '../service/registry.js'
import { Changes } from './changes.js'
import type { ServerEvent } from './events.js'
import type { Gate } from './gate.js'
import type { Generations } from './generations.js'
import type { ProblemReport } from './problem-report.js'
import type { Buildable, ProjectSource } from './project-source.js'

interface ReloaderOptions {
  readonly source: ProjectSource
  readonly generations: Generations
  readonly gate: Gate
  readonly report: ProblemReport
  readonly onEvent: (event: ServerEvent) => void
  /** A new generation answers from now on: called in the same turn of the event loop, so no request falls in between. */
  onServed(buildable: Buildable, services: readonly ServiceInfo[]): void
  /** Once all is done that the last changes ask for. */
  onSettled(): Promise<void>
}

/** A load that takes longer than this gives way to a further change. */
const patienceMs = 500
/** A second write may hide behind the first one's event, so what changed is looked at once more. */
const secondLookMs = 150
/** A generation that ends sooner than this after the last one did not end by chance. */
const shortLifeMs = 1000
const longestBackOffMs = 5000

/** Turns changes on disk into generations, one at a time, until what is served is what is there. */
export class Reloader {
  readonly #options: ReloaderOptions
  readonly #changes = new Changes()
  #running: Promise<void> | undefined
  /** Load even if nothing changed. */
  #forced = false
  #servedKey: string | undefined
  #shortLives = 0
  #secondLook: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: ReloaderOptions) {
    this.#options = options
  }

  /** A file changed: requests wait from this moment on. */
  notice(file: string): void {
    this.#changes.notice(file)
    this.#options.gate.close()
    void this.#start()
  }

  /** Loads everything anew, changed or not. */
  reload(): Promise<void> {
    this.#forced = true
    this.#options.gate.close()
    return this.#start()
  }

  /** The current generation is gone, or not to be trusted any more. */
  replace(): void {
    this.#shortLives = this.#options.generations.age < shortLifeMs ? this.#shortLives + 1 : 0
    this.#servedKey = undefined
    this.#options.gate.close()
    void this.#start()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#secondLook)
    await this.#running
  }

  #start(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return (this.#running ??= this.#run().finally(() => (this.#running = undefined)))
  }

  async #run(): Promise<void> {
    do {
      await this.#backOff()
      const since = performance.now()
      const files = await this.#changes.take()
      const forced = this.#forced
      this.#forced = false
      await this.#cycle({ files, forced, since })
    } while (this.#isBehind())
    this.#options.gate.open()
    await this.#options.onSettled()
    if (this.#isBehind()) return this.#run()
  }
}
