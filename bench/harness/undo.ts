const undos = new Set<() => void>()

/**
 * Has something undone when this process ends, however that comes about short of SIGKILL. It must be synchronous.
 *
 * @returns forgets it, once it has been undone in an orderly way
 */
export function undoAtExit(undo: () => void): () => void {
  undos.add(undo)
  return () => undos.delete(undo)
}

/** Makes Ctrl-C, SIGTERM and the end of the time an ordinary end of this process, at which everything is undone. */
export function endInOrder({ withinMinutes }: { withinMinutes: number }): void {
  process.on('exit', () => {
    for (const undo of [...undos].reverse()) undo()
  })
  for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const, ['SIGHUP', 129] as const]) {
    process.on(signal, () => process.exit(code))
  }
  const end = () => {
    process.stderr.write(`The run took longer than ${withinMinutes} minutes, so it was ended\n`)
    process.exit(1)
  }
  setTimeout(end, withinMinutes * 60_000).unref()
}
