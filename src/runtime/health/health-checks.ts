import type { LogSink } from '../../log.js'
import { createLogger } from '../../log.js'
import type { Dispatch } from '../../exchange.js'
import type { Kept } from '../../outgoing/kept.js'
import type { Project } from '../../project/project.js'
import type { OutgoingDefinition } from '../../project/schema.js'
import { type Redactor, createRedactor, redactorOf } from '../../redact.js'
import { newCid } from '../../trace/context.js'
import type { TraceSink } from '../../trace/events.js'
import type { TraceStore } from '../../trace/store.js'
import { plainEntry } from '../plain-entry.js'
import { deliver } from './callback.js'
import type { Checked } from './check-health.js'
import type { HealthEvent, HealthState } from './health-event.js'
import { healthInterval } from './interval.js'
import { Repeater } from './repeater.js'

export interface HealthChecksOptions {
  /** Where fetched tokens are kept. */
  readonly kept: Kept
  /** Runs a service that is to hear of a result. */
  readonly dispatch: Dispatch
  readonly logSink: LogSink
  /** Told of each result. */
  readonly onHealth: (event: HealthEvent) => void
  /** Told of each call that takes a result to another API. */
  readonly onCall: TraceSink
  /** Where checks leave their traces; undefined if nothing is recorded. */
  readonly traces: TraceStore | undefined
}

interface Check {
  readonly repeater: Repeater
  /** What it asks: a connection to somewhere else is checked soon. */
  readonly address: string
  state: HealthState | undefined
  /** When the state began. */
  since: number
  /** What the last check has found, in all that can differ but the time it took. */
  finding: string | undefined
}

/**
 * The health checks of a project that is served: pings of its connections, by the clock. They live as long as the server,
 * in its own process, so that a reload neither repeats one nor forgets what the last has found.
 */
export class HealthChecks {
  readonly #options: HealthChecksOptions
  /** By the name of the connection. */
  readonly #checks = new Map<string, Check>()
  /** Those that were told to end. */
  readonly #ending = new Set<Promise<void>>()
  #project: Project | undefined
  #redactor: Redactor = createRedactor([])

  constructor(options: HealthChecksOptions) {
    this.#options = options
  }

  /** Checks what this project asks for from now on. What has not changed goes on as if nothing had happened. */
  use(project: Project): void {
    this.#project = project
    this.#redactor = redactorOf(project)
    const intervals = new Map(project.outgoingRest.map((one) => [one.name, healthInterval(one)]))
    for (const [name, check] of this.#checks) {
      if (check.repeater.intervalMs !== intervals.get(name)) this.#end(check.repeater)
      if (intervals.get(name) === undefined) this.#checks.delete(name)
    }
    for (const definition of project.outgoingRest) this.#use(definition, intervals.get(definition.name))
  }

  async close(): Promise<void> {
    for (const { repeater } of this.#checks.values()) this.#end(repeater)
    this.#checks.clear()
    await Promise.all(this.#ending)
  }

  #use(definition: OutgoingDefinition, intervalMs: number | undefined): void {
    if (intervalMs === undefined) return
    const { name, host, urlPath, pingPath } = definition
    const known = this.#checks.get(name)
    const address = JSON.stringify([host, pingPath ?? urlPath])
    if (known?.address === address && known.repeater.intervalMs === intervalMs) return
    if (known?.repeater.intervalMs === intervalMs) this.#end(known.repeater)
    const repeater = new Repeater({ intervalMs, task: (signal) => this.#check(name, signal) })
    const { state, since = performance.now(), finding } = known ?? {}
    this.#checks.set(name, { repeater, address, state, since, finding })
  }

  #end(repeater: Repeater): void {
    const ending = repeater.close().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  async #check(name: string, signal: AbortSignal): Promise<void> {
    const project = this.#project
    const definition = project?.outgoingRest.find((one) => one.name === name)
    if (!project || !definition) return
    const log = createLogger((entry) => this.#options.logSink(plainEntry(entry, this.#redactor)))
    try {
      // The client of HTTP is only loaded where there is something to check.
      const { checkHealth } = await import('./check-health.js')
      const { kept } = this.#options
      const isTraced = this.#isTraced
      const checked = await checkHealth({
        ...{ project, connection: name, redactor: this.#redactor },
        ...{ kept, signal, isTraced },
      })
      const event = this.#settle(name, checked)
      if (event) await this.#tell(definition, event, signal)
    } catch (error) {
      if (!signal.aborted) log.error(`The health check of "${name}" failed`, { error })
    }
  }

  get #isTraced(): boolean {
    const { traces } = this.#options
    return traces !== undefined && traces.size.limit > 0
  }

  /** Makes an event of a result; undefined if nobody asks for it any more. */
  #settle(name: string, { found, trace }: Checked): HealthEvent | undefined {
    const check = this.#checks.get(name)
    if (!check) return undefined
    const finding = JSON.stringify([found.state, found.finding, found.statusCode, found.error?.code])
    // One that finds the same again tells nothing, and would push out the traces of requests.
    if (trace && finding !== check.finding) this.#options.traces?.add(trace)
    check.finding = finding
    const changed = check.state === undefined ? found.state === 'down' : check.state !== found.state
    const lastedMs = changed && check.state !== undefined ? Math.round(performance.now() - check.since) : undefined
    if (check.state !== found.state) check.since = performance.now()
    check.state = found.state
    return { ...found, changed, ...(lastedMs !== undefined && { lastedMs }) }
  }

  async #tell(definition: OutgoingDefinition, event: HealthEvent, signal: AbortSignal): Promise<void> {
    const { onHealth, onCall, dispatch, logSink } = this.#options
    onHealth(event)
    const project = this.#project
    const isWanted = event.state === 'down' || definition.healthCheckNotifyOn === 'all'
    if (!project || definition.healthCheckCallbackName === undefined || !isWanted) return
    const log = createLogger((entry) => logSink(plainEntry(entry, this.#redactor)), { cid: event.cid })
    const target = { definition, project, redactor: this.#redactor }
    await deliver(event, target, { dispatch, onCall, log, cid: event.cid || newCid(), signal })
  }
}
