import { UsageError } from '../errors.js'
import { Terminal } from '../output/terminal.js'
import type { CommandSpec, ExampleNames } from './command.js'
import { type CliIo, checkFolder, createContext } from './context.js'
import { exampleNames } from './example-names.js'
import { writeCommandHelp, writeGroupHelp, writeOverview } from './help.js'
import { parseFlags } from './parse.js'
import { addressedCommand } from './words.js'

export interface RunOptions {
  readonly io: CliIo
  readonly color: boolean | undefined
  readonly signal: AbortSignal
  /** Makes Ctrl-C abort the signal. */
  readonly catchInterrupt: () => void
  /** Leaves it to the command how to end when nobody reads stdout any more. */
  readonly leaveClosedOutput: () => void
}

/** What may stand on a line without a command. */
const overviewWords = ['help', '-h', '--help', '--color', '--no-color', '--no-input']

/** Finds the command, loads its module, reads its flags, runs it. Gives the exit code; throws what went wrong. */
export async function runCommand(argv: readonly string[], options: RunOptions): Promise<number> {
  const [first, ...others] = argv
  // What completion scripts call. It is in no list, because its answers are made from the list of all others.
  if (first === '__complete') {
    const { command } = await import('./complete.js')
    return runSpec({ words: first, spec: command, rest: others }, options)
  }
  const out = new Terminal(options.io.stdout, { env: options.io.env, color: options.color })
  const addressed = addressedCommand(argv)
  if (addressed.kind === 'overview') return overview(argv, out)
  if (addressed.kind === 'group') {
    writeGroupHelp(out, addressed.name)
    return 0
  }
  const { entry, rest } = addressed
  const { command: spec } = await entry.load()
  if (!asksForHelp(rest)) return runSpec({ words: entry.words, spec, rest }, options)
  writeCommandHelp(out, entry, { spec, names: namesFor(rest, options.io) })
  return 0
}

function overview(argv: readonly string[], out: Terminal): number {
  const stray = argv.find((word) => !overviewWords.includes(word))
  if (stray !== undefined) {
    throw new UsageError('ZU001', `No command stands with "${stray}"`, { hint: 'zato-ts --help lists the commands' })
  }
  writeOverview(out)
  return 0
}

interface Line {
  readonly words: string
  readonly spec: CommandSpec
  readonly rest: readonly string[]
}

function runSpec(
  { words, spec, rest }: Line,
  { io, signal, catchInterrupt, leaveClosedOutput }: RunOptions,
): Promise<number> {
  if (spec.interrupt !== 'its own') catchInterrupt()
  if (spec.closedOutput === 'its own') leaveClosedOutput()
  const { globals, flags } = parseFlags(words, spec, rest)
  const context = createContext(io, globals, signal)
  if (globals.cwd !== undefined) checkFolder(context.cwd)
  return spec.run(context, flags as never)
}

function namesFor(rest: readonly string[], io: CliIo): ExampleNames {
  const flags = { input: false, cwd: valueOf(rest, '-C', '--cwd'), config: valueOf(rest, '-c', '--config') }
  const { cwd, configFile } = createContext(io, flags, AbortSignal.abort())
  return exampleNames({ cwd, config: configFile })
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
