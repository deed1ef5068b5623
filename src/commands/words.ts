import { UsageError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { type CommandEntry, commands, groups } from './manifest.js'

/** What a command line is about. */
export type Addressed =
  | { readonly kind: 'overview' }
  | { readonly kind: 'group'; readonly name: string }
  | {
      readonly kind: 'command'
      readonly entry: CommandEntry
      /** Everything but the command's own words. */
      readonly rest: readonly string[]
    }

/** Global options that take the next word. */
const valued = new Set(['-C', '--cwd', '-c', '--config', '--env'])

/**
 * Finds the command in a command line, whose flags may stand anywhere: before it, between its words, behind it.
 *
 * @throws UsageError ZU001 with the closest command
 */
export function addressedCommand(argv: readonly string[]): Addressed {
  const first = nextWord(argv, 0, topLevelWords())
  if (first === undefined) return { kind: 'overview' }
  const name = argv[first] ?? ''
  if (name === 'help') return addressedByHelp(argv, first)
  const single = findEntry(name)
  if (single) return { kind: 'command', entry: single, rest: without(argv, first) }
  if (groups[name] === undefined) throw unknownCommand(name, topLevelWords())

  const second = nextWord(argv, first + 1, wordsBelow(name))
  if (second === undefined) return { kind: 'group', name }
  const entry = findEntry(`${name} ${argv[second] ?? ''}`)
  if (!entry)
    throw unknownCommand(
      `${name} ${argv[second] ?? ''}`,
      wordsBelow(name).map((word) => `${name} ${word}`),
    )
  return { kind: 'command', entry, rest: without(argv, first, second) }
}

/** `help conn add` is `conn add --help`. */
function addressedByHelp(argv: readonly string[], at: number): Addressed {
  const addressed = addressedCommand(without(argv, at))
  return addressed.kind === 'command' ? { ...addressed, rest: ['--help'] } : addressed
}

/** Index of the next word that is neither a flag nor, as far as can be told, the value of one. */
function nextWord(argv: readonly string[], from: number, known: readonly string[]): number | undefined {
  for (let index = from; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--') return undefined
    if (valued.has(word)) index += 1
    else if (!word.startsWith('-') && !isValueOfFlag(argv, index, { from, known })) return index
  }
  return undefined
}

/** A word that is no command and follows a flag that we do not know here is that flag's value. */
function isValueOfFlag(
  argv: readonly string[],
  index: number,
  { from, known }: { from: number; known: readonly string[] },
): boolean {
  const before = argv[index - 1]
  if (index === from || before === undefined || known.includes(argv[index] ?? '')) return false
  return before.startsWith('-') && !before.includes('=') && argv.slice(index + 1).some((word) => known.includes(word))
}

function findEntry(words: string): CommandEntry | undefined {
  return commands.find((entry) => entry.words === words || entry.aliases?.includes(words))
}

function topLevelWords(): string[] {
  const words = commands.flatMap((entry) => [entry.words.split(' ')[0] ?? '', ...(entry.aliases ?? [])])
  return [...new Set([...words, 'help'])]
}

function wordsBelow(group: string): string[] {
  return commands.flatMap(({ words }) => (words.startsWith(`${group} `) ? [words.slice(group.length + 1)] : []))
}

function unknownCommand(name: string, known: readonly string[]): UsageError {
  return new UsageError('ZU001', `Unknown command "${name}"`, {
    hint: didYouMean(name, known) ?? 'zato-ts --help lists the commands',
  })
}

function without(argv: readonly string[], ...indexes: readonly number[]): string[] {
  return argv.filter((_, index) => !indexes.includes(index))
}
