import { setTimeout as sleep } from 'node:timers/promises'
import { checkChannelServices } from '../project/check-services.js'
import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { ServiceInfo } from '../service/registry.js'
import { type Batch, Changes } from './changes.js'
import type { ServerEvent } from './events.js'
import type { Gate } from './gate.js'
import type { Generations, Loading } from './generations.js'
import type { LoadResult } from './host.js'
import { loadPatiently } from './load-patiently.js'
import type { ProblemReport } from './problem-report.js'
import type { Buildable, ProjectSource, Refreshed } from './project-source.js'
import { readWhole } from './read-whole.js'
import { SecondLooks } from './second-looks.js'

export interface Served {
  readonly buildable: Buildable
  readonly services: readonly ServiceInfo[]
}

interface ReloaderOptions {
  readonly source: ProjectSource
  readonly generations: Pick<Generations, 'load' | 'adopt' | 'discard' | 'prepare' | 'age' | 'run'>
  readonly gate: Gate
  readonly report: ProblemReport
  readonly onEvent: (event: ServerEvent) => void
  /** A new generation answers from now on: called in the same turn of the event loop, so no request falls in between. */
  readonly onServed: (served: Served) => void
  /** All is done that the last changes asked for. */
  readonly onSettled: () => Promise<void>
  /** Services that end again and again are not loaded before so many milliseconds are over. */
  readonly onBackOff: (ms: number) => void
  /** Something failed that should not. */
  readonly onError: (error: unknown) => void
  /** Whether services may take as long as they like to load, because someone may be debugging them. */
  readonly isPatient: boolean
}

/** How long what is known to be wrong may wait for the rest, to be told together. */
const tellMs = 1000
/** Those who waited for a generation are answered by the time that work begins again which nobody waits for. */
const answeringMs = 20
/** A start is busy enough; nobody saves as soon as this after it. */
const firstSpareMs = 100
/** A generation that ends sooner than this did not end by chance. */
const shortLifeMs = 1000
const longestBackOffMs = 5000

interface Cycle {
  /** What is known to have changed. */
  readonly batch: Batch
  /** Take notice of everything, whether known to have changed or not. */
  readonly everything: boolean
  readonly since: number
}

/** Turns changes on disk into generations, one at a time, until what is served is what is there. */
export class Reloader {
  readonly #options: ReloaderOptions
  readonly #changes = new Changes()
  readonly #life = new AbortController()
  #running: Promise<void> | undefined
  /** Load what has been read so far, for the first time. */
  #first = false
  /** Load everything anew, changed or not. */
  #forced = false
  /** Load again what is served: its process is gone, or not to be trusted any more. */
  #lost = false
  /** Look whether cycles saw the last of what they were about. */
  readonly #secondLooks = new SecondLooks(() => void this.#ensureRunning())
  #spareTimer: NodeJS.Timeout | undefined
  #loading: Loading | undefined
  #served: Served | undefined
  /** Served or only looked at: the next one will be much like it. */
  #lastLoaded: Project | undefined
  /** What the last cycle found on disk. */
  #seen = ''
  #shortLives = 0
  #isStarted = false

  constructor(options: ReloaderOptions) {
    this.#options = options
  }

  /** Loads for the first time. */
  start(): Promise<void> {
    this.#first = true
    return this.#start()
  }

  /** A file changed: requests wait from this moment on. Settles once it has been taken notice of. */
  notice(file: string): Promise<void> {
    this.#changes.notice(file)
    return this.#start()
  }

  /** Loads everything anew, changed or not. */
  reload(): Promise<void> {
    this.#forced = true
    return this.#start()
  }

  /** Loads anew what is served: at once if a request was the reason, for then it does not come about by itself. */
  replace({ byRequest }: { readonly byRequest: boolean }): void {
    const isShort = !byRequest && this.#options.generations.age < shortLifeMs
    this.#shortLives = isShort ? this.#shortLives + 1 : 0
    this.#lost = true
    void this.#start()
  }

  async close(): Promise<void> {
    this.#life.abort()
    this.#loading?.cancel()
    this.#secondLooks.close()
    clearTimeout(this.#spareTimer)
    await this.#running
  }

  #start(): Promise<void> {
    if (this.#life.signal.aborted) return Promise.resolve()
    this.#options.gate.close()
    return this.#ensureRunning()
  }

  #ensureRunning(): Promise<void> {
    return (this.#running ??= this.#run().finally(() => (this.#running = undefined)))
  }

  #isBehind(): boolean {
    if (this.#life.signal.aborted) return false
    return this.#changes.pending || this.#first || this.#forced || this.#lost || this.#secondLooks.isDue
  }

  async #run(): Promise<void> {
    while (this.#isBehind()) {
      try {
        while (this.#isBehind()) await this.#catchUp()
        this.#options.gate.open()
        await this.#settle()
      } catch (error) {
        this.#options.onError(error)
        this.#options.gate.open()
      }
      // Meanwhile the services may have been lost: then requests wait for the next ones.
      if (!this.#isBehind()) this.#options.gate.open()
      this.#isStarted = true
    }
  }

  /** To start a process holds everything up, so those who waited are answered first. */
  async #settle(): Promise<void> {
    if (this.#isStarted) await Promise.race([sleep(answeringMs), this.#changes.noticed()])
    clearTimeout(this.#spareTimer)
    this.#spareTimer = setTimeout(() => this.#prepareSpare(), this.#isStarted ? 0 : firstSpareMs).unref()
    await this.#options.onSettled()
  }

  #prepareSpare(): void {
    if (this.#lastLoaded && !this.#life.signal.aborted) this.#options.generations.prepare(this.#lastLoaded)
  }

  /** One step: what changed goes before what was lost, because loading it makes good for that too. */
  async #catchUp(): Promise<void> {
    const since = performance.now()
    if (this.#secondLooks.isDue) await this.#lookAgain()
    const batch = await this.#changes.take()
    const everything = this.#forced
    const isFirst = this.#first
    this.#forced = false
    this.#first = false
    if (isFirst || everything || batch.files.length > 0) {
      const files = await this.#cycle({ batch, everything, since })
      this.#secondLooks.add(isFirst || everything ? undefined : files)
    } else if (this.#lost) {
      await this.#loadLost()
    }
  }

  /** Gives what has been taken notice of. */
  async #cycle({ batch, everything, since }: Cycle): Promise<readonly string[]> {
    const { source } = this.#options
    const { refreshed, files } = await readWhole({ source, changes: this.#changes, batch, everything })
    this.#seen = contentKey(refreshed)
    const { buildable } = refreshed
    if (!buildable) await this.#tellFailure(refreshed)
    else if (!everything && buildable.key === this.#served?.buildable.key)
      this.#reportServed({ ...this.#served, buildable })
    else await this.#load(buildable, { files, since })
    return files
  }

  async #load(
    buildable: Buildable,
    { files, since }: { readonly files: readonly string[]; readonly since: number },
  ): Promise<void> {
    const { generations, report, onEvent, onServed } = this.#options
    const announces = this.#isStarted
    if (announces) onEvent({ type: 'reloading', files })
    const result = await this.#patiently(generations.load(buildable.build), buildable)
    if (!result || this.#life.signal.aborted) return
    if (result.problems.length > 0) {
      report.failed(result.problems, buildable.read.problems)
      return
    }
    generations.adopt()
    this.#lost = false
    this.#served = { buildable, services: result.services }
    this.#lastLoaded = buildable.build.project
    onServed(this.#served)
    this.#reportServed(this.#served)
    if (announces) onEvent({ type: 'reloaded', files, ms: performance.now() - since })
  }

  /** All that is wrong at once: what is in order of the project is loaded too, to see which services there are. */
  async #tellFailure({ problems, rest }: Refreshed): Promise<void> {
    const { gate, generations, report, source } = this.#options
    const others = source.read?.problems ?? []
    if (!rest) {
      report.failed(problems, others)
      return
    }
    // What is served goes on: nobody has to wait for what can only tell more.
    if (generations.run) gate.open()
    this.#lastLoaded = rest.build.project
    const tooLate = setTimeout(() => report.failed(problems, others), tellMs)
    const result = await this.#patiently(generations.load(rest.build), rest)
    clearTimeout(tooLate)
    await generations.discard()
    if (!result || this.#life.signal.aborted) return
    const { services, problems: ofServices } = result
    report.failed(
      [...problems, ...ofServices],
      [...others, ...(ofServices.length > 0 ? [] : missingIn(rest, services))],
    )
  }

  #reportServed({ buildable, services }: Served): void {
    this.#options.report.served([...buildable.read.problems, ...missingIn(buildable, services)])
  }

  async #patiently(loading: Loading, { build: { project } }: Buildable): Promise<LoadResult | undefined> {
    const { isPatient } = this.#options
    this.#loading = loading
    const result = await loadPatiently(loading, { project, isPatient, noticed: () => this.#changes.noticed() })
    this.#loading = undefined
    return result
  }

  /** A process that ended is replaced at once, one that ends again and again less and less eagerly. */
  async #loadLost(): Promise<void> {
    const { signal } = this.#life
    const pause = backOffMs(this.#shortLives)
    if (pause > 0) {
      // One that is only not to be trusted any more goes on meanwhile.
      if (this.#options.generations.run) this.#options.gate.open()
      this.#options.onBackOff(pause)
      await Promise.race([sleep(pause, undefined, { signal }).catch(() => undefined), this.#changes.noticed()])
    }
    if (this.#changes.pending || signal.aborted || !this.#served) return
    await this.#load(this.#served.buildable, { files: [], since: performance.now() })
    if (this.#options.generations.run) this.#lost = false
    else this.#shortLives++
  }

  async #lookAgain(): Promise<void> {
    const { source } = this.#options
    const files = this.#secondLooks.take()
    const doubtful = await source.doubtful(files)
    if (doubtful.length === 0) return
    if (contentKey(await source.refresh(doubtful)) === this.#seen || this.#changes.pending) return
    this.#options.gate.close()
    if (files) for (const file of files) this.#changes.notice(file)
    else this.#forced = true
  }
}

/** Services that are named and not there. */
function missingIn({ read }: Buildable, services: readonly ServiceInfo[]): Problem[] {
  return checkChannelServices(
    read,
    services.map(({ name }) => name),
  )
}

function backOffMs(shortLives: number): number {
  return shortLives < 2 ? 0 : Math.min(100 * 2 ** (shortLives - 2), longestBackOffMs)
}

/** The same for the same state of the files, good or bad. */
function contentKey({ buildable, rest, problems }: Refreshed): string {
  return buildable?.key ?? `${rest?.key} ${JSON.stringify(problems)}`
}
