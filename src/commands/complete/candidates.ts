import { openPlaceholders } from '../../project/path.js'
import type { Project } from '../../project/project.js'
import { isOAuth } from '../../project/schema.js'
import { readProject } from '../../project/read.js'
import type { CommandSpec, OptionSpec, ValueKind } from '../command.js'
import type { Context } from '../context.js'
import { commands, groups } from '../manifest.js'
import { optionsOf } from '../parse.js'
import { readOptionsOf } from '../project.js'
import { serviceNames } from '../service-names.js'
import { addressedCommand } from '../words.js'

/** What may stand in place of the last of these words. */
export async function candidatesFor(context: Context, words: readonly string[]): Promise<string[]> {
  const typed = words.at(-1) ?? ''
  const addressed = addressedCommand(words.slice(0, -1))
  if (addressed.kind === 'overview') return startingWith(typed, topLevel())
  if (addressed.kind === 'group') return startingWith(typed, below(addressed.name))
  const { command: spec } = await addressed.entry.load()
  const line = readLine(spec, addressed.rest)
  if (line.open) return startingWith(typed, await valuesOf(context, line.open, line))

  const inline = /^(--[\w-]+)=/.exec(typed)
  const option = inline && optionsOf(spec).find(({ flags }) => longOf(flags) === inline[1])
  if (option) {
    const values = await valuesOf(context, option, line)
    return startingWith(
      typed,
      values.map((value) => `${inline[0]}${value}`),
    )
  }
  if (typed.startsWith('-')) return startingWith(typed, flagsOf(spec, line))
  const argument = spec.args?.[line.operands.length] ?? spec.args?.find(({ name }) => name.includes('...'))
  const more = line.afterParams ? await valuesOf(context, { values: 'params' }, line) : []
  return startingWith(typed, [...(argument ? await valuesOf(context, argument, line) : []), ...more])
}

/** What stands on the line already. */
interface Line {
  /** The option whose value is being typed. */
  readonly open: OptionSpec | undefined
  readonly operands: readonly string[]
  readonly used: ReadonlySet<string>
  readonly params: readonly string[]
  /** Whether another parameter may follow without a flag. */
  readonly afterParams: boolean
}

function readLine(spec: CommandSpec, rest: readonly string[]): Line {
  const options = optionsOf(spec)
  const operands: string[] = []
  const used = new Set<string>()
  const params: string[] = []
  let open: OptionSpec | undefined
  let afterParams = false
  for (const word of rest) {
    if (open) {
      if (open.values === 'params') params.push(word)
      afterParams = open.values === 'params'
      open = undefined
    } else if (word.startsWith('-') && word !== '-') {
      const option = options.find(({ flags }) => spellings(flags).includes(word.split('=')[0] ?? ''))
      if (option) used.add(longOf(option.flags))
      open = option?.flags.includes('<') && !word.includes('=') ? option : undefined
      afterParams = false
    } else if (afterParams && /^[^=]+=/.test(word)) params.push(word)
    else operands.push(word)
  }
  return { open, operands, used, params, afterParams }
}

async function valuesOf(
  context: Context,
  { choices, values }: { readonly choices?: readonly string[]; readonly values?: ValueKind },
  line: Line,
): Promise<readonly string[]> {
  if (choices) return choices
  if (values === undefined || values === 'file' || values === 'folder') return []
  const { project } = await readProject(readOptionsOf(context))
  return project ? namesOf(project, values, line) : []
}

async function namesOf(project: Project, kind: ValueKind, { operands, params }: Line): Promise<string[]> {
  if (kind === 'connection') return project.outgoingRest.map(({ name }) => name)
  if (kind === 'channel') return project.channelRest.map(({ name }) => name)
  if (kind === 'security') return project.security.map(({ name }) => name)
  if (kind === 'token') return tokenNames(project)
  if (kind === 'service') return serviceNames(project)
  const connection = project.outgoingRest.find(({ name }) => name === operands[0])
  const given = new Set(params.map((param) => param.split('=')[0]))
  return (connection ? openPlaceholders(connection) : []).flatMap((name) => (given.has(name) ? [] : [`${name}=`]))
}

/** Definitions whose tokens are fetched, and the connections that use them. */
function tokenNames({ security, outgoingRest }: Project): string[] {
  const definitions = security.filter(isOAuth).map(({ name }) => name)
  const users = outgoingRest.filter((one) => definitions.includes(one.security ?? ''))
  return [...new Set([...definitions, ...users.map(({ name }) => name)])]
}

function topLevel(): string[] {
  return [...new Set(commands.map(({ words }) => words.split(' ')[0] ?? '')), 'help', '--version', '--help']
}

function below(group: string): string[] {
  if (groups[group] === undefined) return []
  return commands.flatMap(({ words }) => (words.startsWith(`${group} `) ? [words.slice(group.length + 1)] : []))
}

function flagsOf(spec: CommandSpec, { used }: Line): string[] {
  return optionsOf(spec)
    .filter(({ flags, hidden, repeat }) => !hidden && (repeat === true || !used.has(longOf(flags))))
    .map(({ flags }) => longOf(flags))
}

function spellings(flags: string): string[] {
  return flags.match(/(?<![\w-])--?[\w-]+/g) ?? []
}

function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags
}

function startingWith(typed: string, names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(typed))
}
