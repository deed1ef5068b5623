import { style } from '../output/style.js'
import type { Terminal } from '../output/terminal.js'
import { pad, wrap } from '../output/width.js'
import { version } from '../version.js'
import type { ArgumentSpec, CommandSpec, ExampleNames, OptionSpec } from './command.js'
import { globalOptions, jsonOption } from './global-options.js'
import { type CommandEntry, commands, groups } from './manifest.js'

const widest = 100
const widestLeft = 34
/** Below it the two columns of a table stand one under the other. */
const narrow = 60

/** Help of the whole: `zato-ts` by itself. */
export function writeOverview(out: Terminal): void {
  out.line(`${style.bold(`zato-ts ${version}`)} - call REST APIs from TypeScript services, and serve them on channels`)
  out.line()
  out.line(`${style.bold('Usage')}: zato-ts <command> [options]`)
  const sections = ['Start', 'Configure', 'Try', 'More'].map((title) => ({ title, rows: overviewRows(title) }))
  const left = widthOf(sections.flatMap(({ rows }) => rows))
  for (const { title, rows } of sections) writeRows(out, { title, rows, left })
  writeExamples(out, [
    'zato-ts init shop',
    `zato-ts conn add "Orders API" --host https://api.example.com --path '/customers/{customer_id}/orders'`,
    'zato-ts call "Orders API" --params customer_id=12345',
    'zato-ts serve',
  ])
  out.line()
  out.line('More: zato-ts <command> --help')
}

/** Help of a group, such as `conn`. */
export function writeGroupHelp(out: Terminal, name: string): void {
  const entries = commands.filter(({ words }) => words.startsWith(`${name} `))
  out.line(groups[name] ?? name)
  out.line()
  out.line(`${style.bold('Usage')}: zato-ts ${name} <command> [options]`)
  writeRows(out, { title: 'Commands', rows: entries.map(({ words, summary }): Row => [words, summary]) })
  out.line()
  out.line(`More: zato-ts ${name} <command> --help`)
}

/** Help of one command, with examples in the project's own names. */
export function writeCommandHelp(out: Terminal, entry: CommandEntry, { spec, names }: HelpSubject): void {
  const options = (spec.options ?? []).filter(({ hidden }) => !hidden)
  const usage = [entry.words, ...(spec.args ?? []).map(({ name }) => name), '[options]'].join(' ')
  out.line(entry.summary)
  out.line()
  out.line(`${style.bold('Usage')}: zato-ts ${usage}`)
  if (entry.aliases) out.line(`${style.bold('Alias')}: ${entry.aliases.join(', ')}`)
  writeRows(out, { title: 'Arguments', rows: (spec.args ?? []).map(argumentRow) })
  writeRows(out, { title: 'Options', rows: [...options, ...(spec.json ? [jsonOption] : [])].map(optionRow) })
  writeRows(out, { title: 'Global options', rows: globalOptions.map(optionRow) })
  writeExamples(out, spec.examples(names))
  const others = relatedTo(entry)
  if (others.length === 0) return
  out.line()
  out.line(`See also: ${others.map((words) => `zato-ts ${words}`).join(', ')}`)
}

export interface HelpSubject {
  readonly spec: CommandSpec
  readonly names: ExampleNames
}

type Row = readonly [left: string, text: string]

function overviewRows(group: string): Row[] {
  const listed = commands.filter((entry) => entry.group === group)
  const rows = new Map<string, Row>()
  for (const { words, summary } of listed) {
    const [first = '', second] = words.split(' ')
    const alone = second === undefined || listed.filter((entry) => entry.words.startsWith(`${first} `)).length === 1
    if (alone) rows.set(words, [words, summary])
    else
      rows.set(first, [
        `${rows.get(first)?.[0] ?? `${first} `}${rows.has(first) ? '|' : ''}${second}`,
        groups[first] ?? '',
      ])
  }
  return [...rows.values()]
}

function argumentRow({ name, doc, choices }: ArgumentSpec): Row {
  return [name, withChoices(doc, choices)]
}

function optionRow({ flags, doc, choices, repeat }: OptionSpec): Row {
  const text = withChoices(doc, choices)
  return [flags.startsWith('--') ? `    ${flags}` : flags, repeat ? `${text} (repeatable)` : text]
}

function withChoices(doc: string, choices: readonly string[] | undefined): string {
  return choices ? `${doc}: ${choices.join(', ')}` : doc
}

interface Rows {
  readonly title: string
  readonly rows: readonly Row[]
  /** Columns of the left side; as many as its widest text takes, unless given. */
  readonly left?: number
}

/** Two columns, or on a narrow screen one under the other. */
function writeRows(out: Terminal, { title, rows, left = widthOf(rows) }: Rows): void {
  if (rows.length === 0) return
  const total = Math.min(out.width, widest)
  const indent = total < narrow ? 6 : left + 4
  out.line()
  out.line(style.bold(title))
  for (const [name, text] of rows) {
    const [first = '', ...more] = wrap(text, Math.max(20, total - indent))
    if (name.length + 4 <= indent) out.line(`  ${pad(name, indent - 2)}${first}`)
    else out.line(`  ${name}\n${' '.repeat(indent)}${first}`)
    for (const line of more) out.line(' '.repeat(indent) + line)
  }
}

function widthOf(rows: readonly Row[]): number {
  return Math.min(Math.max(0, ...rows.map(([name]) => name.length)), widestLeft)
}

function writeExamples(out: Terminal, examples: readonly string[]): void {
  out.line()
  out.line(style.bold('Examples'))
  for (const example of examples) out.line(`  ${out.data(example)}`)
}

function relatedTo(entry: CommandEntry): string[] {
  const [group = ''] = entry.words.split(' ')
  const related = entry.words.includes(' ')
    ? commands.filter(({ words }) => words.startsWith(`${group} `))
    : commands.filter((other) => other.group === entry.group && !other.words.includes(' '))
  return related.filter((other) => other !== entry).map(({ words }) => words)
}
