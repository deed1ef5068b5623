import { type Run, currentRun } from '../service/current-run.js'

const owners = new WeakMap<WeakKey, Run>()

/**
 * An error of a callback of `queueMicrotask` is reported after its context has been left, by Node before 24. From now on
 * `ownerOf` knows the context.
 */
export function rememberMicrotasks(scope: { queueMicrotask: typeof queueMicrotask }): void {
  const queue = scope.queueMicrotask
  scope.queueMicrotask = (callback) => {
    const run = currentRun()
    queue(run && typeof callback === 'function' ? () => remembering(run, callback) : callback)
  }
}

/** Who threw this in a microtask. */
export function ownerOf(thrown: unknown): Run | undefined {
  return thrown instanceof Error ? owners.get(thrown) : undefined
}

function remembering(run: Run, callback: () => void): void {
  try {
    callback()
  } catch (error) {
    if (error instanceof Error) owners.set(error, run)
    throw error
  }
}
