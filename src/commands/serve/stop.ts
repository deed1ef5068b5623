import type { CliIo } from '../context.js'

/** What ends a server: Ctrl-C, SIGTERM, a terminal that is closed, output that nobody reads any more, or `q`. */
export interface StopSignals {
  /** The first asks for a drain. */
  readonly first: Promise<void>
  /** The second wants an end at once. */
  readonly second: Promise<void>
  readonly quit: () => void
  readonly release: () => void
}

/** Two signals so close together are one: a Ctrl-C reaches every process of the terminal, and some pass it on as well. */
const togetherMs = 100

/** Listens for what ends a server. `outputClosed` is aborted when nobody reads stdout any more. */
export function stopSignals(io: CliIo, outputClosed: AbortSignal): StopSignals {
  const first = deferred()
  const second = deferred()
  let firstAt: number | undefined
  const ask = () => {
    firstAt ??= performance.now()
    first.resolve()
  }
  const insist = () => {
    if (firstAt !== undefined && performance.now() - firstAt > togetherMs) second.resolve()
    else ask()
  }
  const onErrError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') ask()
  }
  // A terminal that is closed says so more than once, and takes the reader of our output with it: nobody insists.
  io.on('SIGHUP', ask)
  io.on('SIGINT', insist)
  io.on('SIGTERM', insist)
  io.stderr.on('error', onErrError)
  outputClosed.addEventListener('abort', ask)
  return {
    first: first.promise,
    second: second.promise,
    quit: insist,
    release() {
      io.off('SIGHUP', ask)
      io.off('SIGINT', insist)
      io.off('SIGTERM', insist)
      io.stderr.off('error', onErrError)
      outputClosed.removeEventListener('abort', ask)
    },
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}
