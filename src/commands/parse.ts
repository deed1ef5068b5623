import { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { camelCase } from '../project/fields.js'
import type { CommandSpec, OptionSpec } from './command.js'
import type { GlobalFlags } from './context.js'
import { globalOptions, jsonOption } from './global-options.js'
import { spreadVariadic } from './params.js'

export interface Parsed {
  readonly globals: GlobalFlags
  /** Options and arguments of the command by their camelCase names. */
  readonly flags: Readonly<Record<string, unknown>>
}

/** The options that a command takes, its own first. */
export function optionsOf(spec: CommandSpec): readonly OptionSpec[] {
  return [...(spec.options ?? []), ...(spec.json ? [jsonOption] : []), ...globalOptions]
}

/**
 * Reads the words behind a command.
 *
 * @throws UsageError ZU001 for a flag, value or argument that the command does not take, or one that is missing
 */
export function parseFlags(words: string, spec: CommandSpec, rest: readonly string[]): Parsed {
  const command = buildCommand(words, spec)
  let flags: Record<string, unknown> = {}
  command.action((...given: unknown[]) => {
    flags = { ...command.opts(), ...argumentsByName(spec, given) }
  })
  try {
    command.parse(spreadVariadic(rest, '--params'), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw asUsageError(error, { words, spec, given: command.args })
    throw error
  }
  return { globals: flags as unknown as GlobalFlags, flags }
}

function buildCommand(words: string, spec: CommandSpec): Command {
  const command = new Command(words).exitOverride().helpOption(false).showSuggestionAfterError(false)
  command.configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} })
  command.allowExcessArguments(false)
  for (const { name } of spec.args ?? []) command.argument(name)
  for (const option of optionsOf(spec)) command.addOption(toOption(option))
  return command
}

function toOption({ flags, doc, repeat, choices, parse }: OptionSpec): Option {
  const option = new Option(flags, doc)
  const long = /--[\w-]+/.exec(flags)?.[0] ?? flags
  const read = choices ? chosenFrom(choices, long) : (parse ?? ((text: string): unknown => text))
  if (repeat) return option.default([]).argParser((text: string, before: readonly unknown[]) => [...before, read(text)])
  return flags.includes('<') || parse ? option.argParser((text: string) => read(text)) : option
}

function argumentsByName(spec: CommandSpec, given: readonly unknown[]): Record<string, unknown> {
  const named = (spec.args ?? []).map(({ name, choices }, index) => {
    const value = given[index]
    return [argumentKey(name), choices && typeof value === 'string' ? chosenFrom(choices, name)(value) : value]
  })
  return Object.fromEntries(named) as Record<string, unknown>
}

/** Reads one of a few words, and says them all when it is another. */
function chosenFrom(choices: readonly string[], name: string): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text
    const all = `one of ${choices.join(', ')}`
    const hint = didYouMean(text, choices)
    throw new UsageError('ZU001', `${name} cannot be "${text}"`, { hint: hint ? `${hint} It is ${all}` : all })
  }
}

/** `<new-name>` → `newName` */
export function argumentKey(name: string): string {
  return camelCase(name.replace(/[<>[\].]/g, '').replaceAll('-', '_'))
}

interface Refused {
  readonly words: string
  readonly spec: CommandSpec
  /** The words that are no flags. */
  readonly given: readonly string[]
}

/** commander's complaints in our words, with what to do next. */
function asUsageError(error: CommanderError, { words, spec, given }: Refused): UsageError {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const help = `zato-ts ${words} --help`
  switch (error.code) {
    case 'commander.unknownOption': {
      const flag = named.split('=')[0] ?? named
      return new UsageError('ZU001', `Unknown option "${flag}" of "${words}"`, {
        hint: nearestFlag(flag, spec) ?? help,
      })
    }
    case 'commander.optionMissingArgument':
      return new UsageError('ZU001', `The option "${named}" needs a value`, { hint: help })
    case 'commander.missingArgument':
      return new UsageError('ZU001', `"${words}" needs <${named}>`, { hint: help })
    case 'commander.excessArguments':
      return tooMany(given, { words, spec, help })
    default:
      return new UsageError('ZU001', error.message.replace(/^error: /, ''), { hint: help })
  }
}

function tooMany(
  given: readonly string[],
  { words, spec: { args = [] }, help }: Pick<Refused, 'words' | 'spec'> & { help: string },
): UsageError {
  const hint = args.length === 0 ? help : `a name with blanks in it needs quotes: "${given.join(' ')}"; see ${help}`
  return new UsageError('ZU001', `Unexpected argument "${given[args.length]}" of "${words}"`, { hint })
}

function nearestFlag(flag: string, spec: CommandSpec): string | undefined {
  const names = optionsOf(spec).filter(({ hidden }) => !hidden)
  const longs = names.flatMap(({ flags }) => /--[\w-]+/.exec(flags) ?? [])
  return didYouMean(flag, longs)
}
