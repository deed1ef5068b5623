import { setMaxListeners } from 'node:events'

/** What ends a wait before what is waited for has come. */
export interface WaitLimits {
  /** Each of them ends it. */
  readonly signals: readonly AbortSignal[]
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
    const end = (waited: Waited<T>) => {
      stop()
      resolve(waited)
    }
    const timer = setTimeout(end, timeoutMs, { kind: 'timeout' })
    const aborts = signals.map((signal) => () => {
      end({ kind: 'aborted', cause: signal.reason as unknown })
    })
    const stop = () => {
      clearTimeout(timer)
      for (const [index, signal] of signals.entries()) signal.removeEventListener('abort', aborts[index] ?? stop)
    }
    for (const [index, signal] of signals.entries()) {
      setMaxListeners(0, signal)
      signal.addEventListener('abort', aborts[index] ?? stop)
      if (signal.aborted) aborts[index]?.()
    }
    promise.then(
      (value) => {
        end({ kind: 'value', value })
      },
      (error: unknown) => {
        stop()
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
}

const never = new Promise<never>(() => undefined)

/** Lets time pass. False if a signal was aborted meanwhile, which ends it. */
export async function pause(ms: number, signals: readonly AbortSignal[]): Promise<boolean> {
  return (await waitFor(never, { signals, timeoutMs: ms })).kind === 'timeout'
}
