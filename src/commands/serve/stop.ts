import type { CliIo } from '../context.js'

/** What ends a server: Ctrl-C, SIGTERM, or `q`. */
export interface StopSignals {
  /** The first asks for a drain. */
  readonly first: Promise<void>
  /** The second wants an end at once. */
  readonly second: Promise<void>
  readonly quit: () => void
  readonly release: () => void
}

/** Listens for what ends a server. */
export function stopSignals(io: CliIo): StopSignals {
  const waiting: (() => void)[] = []
  const next = () => new Promise<void>((resolve) => waiting.push(resolve))
  const first = next()
  const second = next()
  const quit = () => waiting.shift()?.()
  io.on('SIGINT', quit)
  io.on('SIGTERM', quit)
  return {
    first,
    second,
    quit,
    release() {
      io.off('SIGINT', quit)
      io.off('SIGTERM', quit)
    },
  }
}
