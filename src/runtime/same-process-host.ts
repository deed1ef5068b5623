import type { Dispatch } from '../exchange.js'
import { applyEnvironment } from './environment.js'
import { Generation } from './generation.js'
import type { Build, Host, HostSinks, LoadResult } from './host.js'
import { within } from './within.js'

/** A generation in this very process, for production, `invoke` and tests. */
export class SameProcessHost implements Host {
  readonly #sinks: HostSinks
  readonly #folder: string
  #generation: Generation | undefined
  #restoreEnvironment: (() => void) | undefined
  #inFlight = 0
  #onIdle: (() => void) | undefined

  constructor(options: HostSinks & { folder: string }) {
    this.#sinks = options
    this.#folder = options.folder
  }

  async load({ project, bundle }: Build): Promise<LoadResult> {
    process.setSourceMapsEnabled(true)
    this.#restoreEnvironment = applyEnvironment(project.environment)
    const { logSink, onEvent } = this.#sinks
    const loaded = await Generation.load({ project, code: bundle.code, folder: this.#folder, logSink, onEvent })
    this.#generation = loaded.generation
    return { services: loaded.generation?.services ?? [], problems: loaded.problems }
  }

  readonly dispatch: Dispatch = async (incoming, body, signal) => {
    if (!this.#generation) throw new Error('No generation is loaded')
    this.#inFlight++
    try {
      return await this.#generation.dispatch(incoming, body, signal)
    } finally {
      this.#inFlight--
      if (this.#inFlight === 0) this.#onIdle?.()
    }
  }

  async close({ drainMs }: { drainMs: number }): Promise<void> {
    const deadline = Date.now() + drainMs
    if (this.#inFlight > 0) await within(drainMs, new Promise<void>((resolve) => (this.#onIdle = resolve)))
    if (this.#generation) await within(Math.max(deadline - Date.now(), 0), this.#generation.close())
    this.#restoreEnvironment?.()
  }
}
