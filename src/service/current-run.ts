import { AsyncLocalStorage } from 'node:async_hooks'
import type { Incoming } from '../exchange.js'

/** A service at work for a request. */
export interface Run {
  readonly incoming: Incoming
  /** Not that of the request if one service invoked another. */
  readonly service: string
  /** Of its span, where its trace is recorded. */
  readonly span?: number | undefined
}

const runs = new AsyncLocalStorage<Run>()

/** Does `work` so that all that it starts knows what it belongs to: promises, timers, callbacks and events. */
export function runAs<T>(run: Run, work: () => T): T {
  return runs.run(run, work)
}

/** What the code that asks is running for; undefined outside of requests. */
export function currentRun(): Run | undefined {
  return runs.getStore()
}
