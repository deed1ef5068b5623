import { setMaxListeners } from 'node:events'
import type { CancelSignal } from '../cancellation.js'

/** What ends a wait before what is waited for has come. */
export interface WaitLimits {
  /** Each of them ends it. */
  readonly signals: readonly CancelSignal[]
  readonly timeoutMs: number
}

export type Waited<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'aborted'; readonly cause: unknown }
  | { readonly kind: 'timeout' }

/**
 * Waits for a promise, but no longer than these limits. What it waits for goes on: others may wait for it too.
 *
 * Rejects with what the promise rejects with.
 */
export function waitFor<T>(promise: Promise<T>, { signals, timeoutMs }: WaitLimits): Promise<Waited<T>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(end, timeoutMs, { kind: 'timeout' })
    const onAbort = {
      handleEvent() {
        end({ kind: 'aborted', cause: reasonOf(signals) })
      },
    }
    for (const signal of signals) {
      if (signal instanceof AbortSignal) setMaxListeners(0, signal)
      signal.addEventListener('abort', onAbort)
    }
    if (signals.some(({ aborted }) => aborted)) onAbort.handleEvent()
    promise.then(
      (value) => {
        end({ kind: 'value', value })
      },
      (error: unknown) => {
        stop()
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )

    function end(waited: Waited<T>): void {
      stop()
      resolve(waited)
    }

    function stop(): void {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', onAbort)
    }
  })
}

/** Why the first of these signals that is aborted was aborted. */
export function reasonOf(signals: readonly CancelSignal[]): unknown {
  return signals.find(({ aborted }) => aborted)?.reason
}

const never = new Promise<never>(() => undefined)

/** Lets time pass. False if a signal was aborted meanwhile, which ends it. */
export async function pause(ms: number, signals: readonly CancelSignal[]): Promise<boolean> {
  return (await waitFor(never, { signals, timeoutMs: ms })).kind === 'timeout'
}
