import type { CircuitBreakerPolicy } from 'cockatiel'
import type { Logger } from '../log.js'
import type { OutgoingDefinition } from '../project/schema.js'
import type { Failure } from './failure-reason.js'
import type { Kept } from './kept.js'
import type { Reply } from './message.js'
import { Progress } from './progress.js'

export type BreakerSettings = NonNullable<OutgoingDefinition['circuitBreaker']>

interface BreakerOptions {
  readonly settings: BreakerSettings
  /** Name of the connection. */
  readonly name: string
  /** Under which the state is kept. */
  readonly key: string
  readonly kept: Kept
  readonly log: Logger
}

/** Nothing was sent: the API has failed so often in a row that it is left in peace for a while. */
export class CircuitOpen extends Error {
  readonly settings: BreakerSettings

  constructor(settings: BreakerSettings) {
    super('The circuit breaker is open')
    this.settings = settings
  }
}

/** An attempt that counts against the API, on its way out of the library's policy. */
class Counted extends Error {
  readonly result: Reply | Failure

  constructor(result: Reply | Failure) {
    super('Counted')
    this.result = result
  }
}

/**
 * Opens after so many failures in a row of one connection, whatever call they belong to; after the cooldown one attempt
 * finds out whether the API is well again. A failure is no usable reply, or one with a status of 500 or more.
 */
export class Breaker {
  readonly #options: BreakerOptions
  #policy: Promise<CircuitBreakerPolicy> | undefined

  constructor(options: BreakerOptions) {
    this.#options = options
  }

  /** Makes an attempt, or none if the breaker is open: the failure then says so. */
  async run(attempt: () => Promise<Reply | Failure>): Promise<Reply | Failure> {
    const policy = await (this.#policy ??= this.#open())
    try {
      return await policy.execute(async () => {
        const result = await attempt()
        if (counts(result)) throw new Counted(result)
        return result
      })
    } catch (error) {
      if (error instanceof Counted) return error.result
      // What the library throws where it does not even try; an attempt itself never rejects.
      return unsent(new CircuitOpen(this.#options.settings))
    }
  }

  /** The library is only loaded where a connection has a breaker. */
  async #open(): Promise<CircuitBreakerPolicy> {
    const { settings, name, key, kept, log } = this.#options
    const { circuitBreaker, handleAll, ConsecutiveBreaker } = await import('cockatiel')
    const policy = circuitBreaker(handleAll, {
      halfOpenAfter: settings.cooldown * 1000,
      breaker: new ConsecutiveBreaker(settings.failures),
      initialState: kept.get(key),
    })
    policy.onBreak(() => {
      kept.set(key, policy.toJSON())
      log.warn(`"${name}" failed ${settings.failures} times in a row: no call is sent for ${settings.cooldown} s`)
    })
    policy.onReset(() => {
      kept.set(key, undefined)
      log.info(`"${name}" answers again`)
    })
    return policy
  }
}

function counts(result: Reply | Failure): boolean {
  if ('statusCode' in result) return result.statusCode >= 500
  return result.reason.kind !== 'aborted'
}

function unsent(error: Error): Failure {
  return { reason: { kind: 'error', error }, phase: 'queue', isStale: false, isReused: false, progress: new Progress() }
}
