import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { style } from '../../output/style.js'
import type { Context } from '../context.js'

interface Shortcut {
  readonly key: string
  readonly meaning: string
  readonly run: () => void
}

export interface ShortcutActions {
  /** Undefined where nothing can be reloaded. */
  readonly reload: (() => Promise<void>) | undefined
  /** Undefined where there is none. */
  readonly openDashboard: (() => Promise<void>) | undefined
  readonly showAddress: () => void
  readonly quit: () => void
  readonly print: (lines: readonly string[]) => void
  /** A line has been typed, whatever it said. */
  readonly typed: () => void
}

const clearScreen = '\u001b[2J\u001b[3J\u001b[H'

/**
 * Shortcuts are lines, each ended by Enter: raw mode would take Ctrl-C, Ctrl-Z and the Enter that people use as a separator
 * away from the terminal. The end of stdin is no wish to quit.
 */
export function watchShortcuts({ io, err, canAsk }: Context, actions: ShortcutActions): { close(): void } {
  if (!canAsk || isInBackground()) return { close: () => {} }
  const lines = createInterface({ input: io.stdin, terminal: false })
  // A terminal that is closed cannot be read.
  const ignore = () => undefined
  io.stdin.on('error', ignore)
  const shortcuts = shortcutsFor(actions, () => err.write(clearScreen))
  lines.on('line', (line) => {
    actions.typed()
    const key = line.trim().toLowerCase()
    shortcuts.find((shortcut) => shortcut.key === key)?.run()
  })
  return { close: () => lines.close() }
}

function shortcutsFor(
  { reload, openDashboard, showAddress, quit, print }: ShortcutActions,
  clear: () => void,
): readonly Shortcut[] {
  const shortcuts: Shortcut[] = [
    ...(reload ? [{ key: 'r', meaning: 'reload everything', run: () => void reload().catch(() => {}) }] : []),
    ...(openDashboard
      ? [{ key: 'o', meaning: 'open the dashboard', run: () => void openDashboard().catch(() => {}) }]
      : []),
    { key: 'u', meaning: 'show the address', run: showAddress },
    { key: 'c', meaning: 'clear the screen', run: clear },
    { key: 'q', meaning: 'quit', run: quit },
    { key: 'h', meaning: 'show this help', run: () => print(help()) },
  ]
  const help = () => shortcuts.map(({ key, meaning }) => `  ${style.bold(key)} ${style.dim('+ enter')}  ${meaning}`)
  return shortcuts
}

/** Started with `&`: whoever then reads the terminal is stopped. Known on Linux, where /proc tells. */
function isInBackground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return foreground !== undefined && Number(foreground) > 0 && group !== foreground
  } catch {
    return false
  }
}
