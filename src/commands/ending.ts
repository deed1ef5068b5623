import type { CliIo } from './context.js'

/** How a command line may end before its command does. */
export interface Ending {
  /** Aborted by Ctrl-C, and when nobody reads stdout any more. */
  readonly signal: AbortSignal
  /** Resolves when there is nothing left to wait for. */
  readonly exitCode: Promise<number>
  /** From now on Ctrl-C aborts the signal; a second one, or two seconds, end the command line. */
  readonly catchInterrupt: () => void
  /** From now on the command ends by itself when nobody reads stdout any more. */
  readonly leaveClosedOutput: () => void
  readonly stop: () => void
}

const patienceMs = 2000

/** Watches the streams, and Ctrl-C once it is asked to. */
export function watchEnding(io: CliIo): Ending {
  const controller = new AbortController()
  const { promise, resolve } = deferred<number>()
  let timer: NodeJS.Timeout | undefined
  let isLeft = false

  const onInterrupt = (): void => {
    if (controller.signal.aborted) resolve(130)
    controller.abort()
    timer ??= setTimeout(() => resolve(130), patienceMs)
  }
  // `zato-ts routes | head -1`: nobody wants the rest, and that is no failure.
  const onOutError = (error: NodeJS.ErrnoException): void => {
    controller.abort()
    // A terminal that was closed says EIO.
    if (isLeft && (error.code === 'EPIPE' || error.code === 'EIO')) return
    if (error.code !== 'EPIPE') io.stderr.write(`error[ZU007]: stdout cannot be written: ${error.message}\n`)
    resolve(error.code === 'EPIPE' ? 0 : 1)
  }
  const onErrError = (): void => {}
  io.stdout.on('error', onOutError)
  io.stderr.on('error', onErrError)
  return {
    signal: controller.signal,
    exitCode: promise,
    catchInterrupt: () => void io.on('SIGINT', onInterrupt),
    leaveClosedOutput: () => void (isLeft = true),
    stop: () => {
      clearTimeout(timer)
      io.off('SIGINT', onInterrupt)
    },
  }
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}
