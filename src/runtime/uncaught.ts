import { inspect } from 'node:util'

/**
 * Takes errors of this process that nobody caught, rejections included, in place of Node, which would end it.
 *
 * @returns leaves them to Node again
 */
export function onUncaught(listener: (error: unknown) => void): () => void {
  process.on('uncaughtException', listener)
  return () => process.off('uncaughtException', listener)
}

interface Endings {
  /** What `work` fails with if meanwhile nobody catches an error. */
  readonly onUncaught: (thrown: unknown) => Error
  /** Asked for the exit code if the process ends meanwhile. Nothing that waits can be done any more. */
  readonly onExit: () => number
}

/** Does `work`, in whatever way it ends. */
export async function finishing<T>(work: () => Promise<T>, endings: Endings): Promise<T> {
  let release: () => void = () => undefined
  const uncaught = new Promise<never>((_, reject) => {
    release = onUncaught((thrown) => reject(endings.onUncaught(thrown)))
  })
  const onExit = () => void (process.exitCode = endings.onExit())
  process.on('exit', onExit)
  try {
    return await Promise.race([work(), uncaught])
  } finally {
    release()
    process.off('exit', onExit)
  }
}

/** What Node says of a rejection that is no error, at the end of three lines about promises. */
const rejectedWith = /The promise rejected with the reason "(.*)"\.$/s

/** `TypeError: …`, whatever it is that was thrown; uncut, so that secrets in it can still be told. */
export function describeThrown(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return inspect(thrown, { maxStringLength: null })
    const { name, message } = thrown
    const reason = name === 'UnhandledPromiseRejection' ? rejectedWith.exec(message)?.[1] : undefined
    return reason === undefined ? `${name}: ${message}` : `a promise was rejected with ${reason}`
  } catch {
    return 'a value that cannot be shown'
  }
}
