import { createInterface } from 'node:readline'
import { style } from '../../output/style.js'
import type { Context } from '../context.js'

export interface ShortcutActions {
  readonly reload: () => Promise<void>
  readonly quit: () => void
}

const help: readonly (readonly [key: string, meaning: string])[] = [
  ['r', 'reload everything'],
  ['c', 'clear the screen'],
  ['q', 'quit'],
  ['h', 'show this help'],
]

/**
 * Shortcuts are lines, each ended by Enter: raw mode would take Ctrl-C, Ctrl-Z and the Enter that people use as a separator
 * away from the terminal. The end of stdin is no wish to quit.
 */
export function watchShortcuts({ io, err, canAsk }: Context, { reload, quit }: ShortcutActions): { close(): void } {
  if (!canAsk) return { close: () => {} }
  const lines = createInterface({ input: io.stdin, terminal: false })
  const actions: Readonly<Record<string, () => void>> = {
    r: () => void reload().catch(() => {}),
    c: () => err.write('\u001b[2J\u001b[3J\u001b[H'),
    q: quit,
    h: () => help.forEach(([key, meaning]) => err.line(`  ${style.bold(key)} ${style.dim('+ enter')}  ${meaning}`)),
  }
  lines.on('line', (line) => actions[line.trim().toLowerCase()]?.())
  return { close: () => lines.close() }
}
