import type { CliIo } from './commands/context.js'
import { type Ending, watchEnding } from './commands/ending.js'
import { version } from './version.js'

export type { CliIo } from './commands/context.js'

/**
 * Runs one command line and gives its exit code. Nothing here or below ends the process; what went wrong is printed here,
 * once.
 *
 * @example process.exit(await runCli(['call', 'Orders API'], process))
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const ending = watchEnding(io)
  try {
    return await Promise.race([run(argv, io, ending), ending.exitCode])
  } finally {
    ending.stop()
  }
}

async function run(argv: readonly string[], io: CliIo, ending: Ending): Promise<number> {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  const color = own.includes('--no-color') ? false : own.includes('--color') ? true : undefined
  const { Terminal } = await import('./output/terminal.js')
  const out = new Terminal(io.stdout, { env: io.env, color })
  const err = new Terminal(io.stderr, { env: io.env, color })
  try {
    if (own.includes('--version')) {
      out.line(version)
      return 0
    }
    const { runCommand } = await import('./commands/run.js')
    const { signal, catchInterrupt, leaveClosedOutput } = ending
    return await runCommand(argv, { io, color, signal, catchInterrupt, leaveClosedOutput })
  } catch (error) {
    const { exitCodeOf, printError } = await import('./output/errors.js')
    const { interrupted } = await import('./commands/interrupted.js')
    const shown = ending.signal.aborted ? interrupted() : error
    printError(err, shown, { cwd: folderOf(io), json: own.includes('--json') })
    return exitCodeOf(shown)
  } finally {
    await Promise.all([out.flush(), err.flush()])
  }
}

/** Paths are shown as seen from here; from a folder that has been removed they are shown whole. */
function folderOf(io: CliIo): string {
  try {
    return io.cwd()
  } catch {
    return '/'
  }
}
