import { UsageError } from '../errors.js'
import { Terminal } from '../output/terminal.js'
import type { CommandSpec } from './command.js'
import { type CliIo, createContext } from './context.js'
import { exampleNames } from './example-names.js'
import { writeCommandHelp, writeGroupHelp, writeOverview } from './help.js'
import type { CommandEntry } from './manifest.js'
import { parseFlags } from './parse.js'
import { addressedCommand } from './words.js'

export interface RunOptions {
  readonly io: CliIo
  readonly color: boolean | undefined
  readonly signal: AbortSignal
  /** Makes Ctrl-C abort the signal. */
  readonly catchInterrupt: () => void
}

/** What may stand on a line without a command. */
const overviewWords = ['help', '-h', '--help', '--color', '--no-color', '--no-input']

/** Finds the command, loads its module, reads its flags, runs it. Gives the exit code; throws what went wrong. */
export async function runCommand(
  argv: readonly string[],
  { io, color, signal, catchInterrupt }: RunOptions,
): Promise<number> {
  const addressed = addressedCommand(argv)
  const out = new Terminal(io.stdout, { env: io.env, color })
  if (addressed.kind === 'overview') {
    const stray = argv.find((word) => !overviewWords.includes(word))
    if (stray !== undefined)
      throw new UsageError('ZU001', `No command stands with "${stray}"`, { hint: 'zato-ts --help' })
    writeOverview(out)
    return 0
  }
  if (addressed.kind === 'group') {
    writeGroupHelp(out, addressed.name)
    return 0
  }
  const { entry, rest } = addressed
  const { command: spec } = await entry.load()
  if (asksForHelp(rest)) {
    showHelp(entry, spec, { io, out, rest })
    return 0
  }
  if (spec.interrupt !== 'its own') catchInterrupt()
  const { globals, flags } = parseFlags(entry, spec, rest)
  return spec.run(createContext(io, globals, signal), flags as never)
}

function showHelp(
  entry: CommandEntry,
  spec: CommandSpec,
  { io, out, rest }: { io: CliIo; out: Terminal; rest: readonly string[] },
): void {
  const { cwd, configFile } = createContext(
    io,
    { input: false, cwd: valueOf(rest, '-C', '--cwd'), config: valueOf(rest, '-c', '--config') },
    AbortSignal.abort(),
  )
  writeCommandHelp(out, entry, { spec, names: exampleNames({ cwd, config: configFile }) })
}

function asksForHelp(rest: readonly string[]): boolean {
  return ownWords(rest).some((word) => word === '-h' || word === '--help')
}

function valueOf(rest: readonly string[], ...names: readonly string[]): string | undefined {
  const at = ownWords(rest).findIndex((word) => names.includes(word))
  return at === -1 ? undefined : rest[at + 1]
}

/** What stands before `--`. */
function ownWords(rest: readonly string[]): readonly string[] {
  const end = rest.indexOf('--')
  return end === -1 ? rest : rest.slice(0, end)
}
