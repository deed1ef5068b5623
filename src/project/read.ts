import { basename, dirname, resolve } from 'node:path'
import { type Redactor, createRedactor } from '../redact.js'
import { type AsWritten, asWritten } from './as-written.js'
import { assembleProject } from './assemble.js'
import { type CheckedItem, checkItems } from './check.js'
import { type Collected, type LocatedItem, collectSections } from './collect.js'
import { type EnvFile, type LoadedEnvironment, loadEnvironment } from './env-files.js'
import { readFiles } from './files.js'
import type { ReadItem } from './items.js'
import { type Problem, ProjectError } from './problem.js'
import type { Project } from './project.js'
import { referencedNames } from './references.js'
import { soundPart } from './sound-part.js'
import type { SectionName } from './sections.js'
import { type Finding, placeOf, problemOf } from './source.js'

export interface ReadOptions {
  /** Absolute path of zato.yaml. */
  readonly file: string
  /** The real environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Adds `.env.<name>` and `.env.<name>.local`. */
  readonly envName?: string | undefined
  /** Text to take in place of what is on disk, by absolute path: what an edit is about to write. */
  readonly texts?: ReadonlyMap<string, string> | undefined
}

/** Where something stands in the project's files. */
export interface Place {
  /** Absolute path. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly length: number
  readonly frame: string
}

export interface MissingVariable {
  readonly name: string
  /** What `${NAME:?message}` says. */
  readonly message?: string | undefined
  readonly file: string
  readonly line: number
  readonly column: number
  readonly section: string
  /** Name of the item that needs it; empty in `server` and `dev`. */
  readonly item: string
}

export interface ReadResult {
  /** Undefined if, and only if, an error of scope `project` was found. */
  readonly project: Project | undefined
  /** What of it can be checked: the project, or, where that cannot be served, what of it has no mistake. */
  readonly sound: Project | undefined
  /** As far as they could be read, whatever is wrong with them. */
  readonly items: Readonly<Record<SectionName, readonly ReadItem[]>>
  readonly problems: readonly Problem[]
  /** Every file that was read or looked for, absolute: what a watcher watches. */
  readonly sources: readonly string[]
  readonly missing: readonly MissingVariable[]
  /** Environment files that are there, weakest first. */
  readonly envFiles: readonly EnvFile[]
  /** Where an item, or one of its fields, stands. */
  place(section: SectionName, item: string, field?: string): Place | undefined
  /** Variables of the environment that a field refers to. */
  variables(section: SectionName, item: string, field: string): readonly string[]
  /** What the files say in their own words; of a file with mistakes, as far as it could be read. */
  written(): AsWritten
}

/** Reads a project file whole. Never rejects for what the files hold. */
export async function readProject(options: ReadOptions): Promise<ReadResult> {
  const path = resolve(options.file)
  const loaded = await loadEnvironment(dirname(path), { env: options.env, name: options.envName })
  const { environment } = loaded
  const { files, paths } = await readFiles(path, { environment, texts: options.texts })
  const collected = collectSections(files, { path, environment })
  checkItems(checkedItems(collected))
  if (collected.expressions.length > 0) await checkExpressions(collected)

  const redactor = createRedactor([...collected.secrets])
  const sources = [...new Set([...paths, ...loaded.files])]
  const problems = problemsOf(collected, { loaded, redactor, sources })
  const isUsable = !problems.some(({ severity, scope }) => severity === 'error' && scope === 'project')
  const project = isUsable ? assembleProject({ ...collected, path, environment }) : undefined
  return {
    project,
    sound: project ?? soundPart(collected, { path, environment }),
    items: collected.items,
    problems,
    sources,
    missing: collected.missing.map(({ file, range, ...missing }) => {
      const { line, column } = placeOf(file.source, range, redactor)
      return { ...missing, file: file.source.path, line, column }
    }),
    envFiles: loaded.found,
    variables: (section, item, field) => variablesIn(collected.items[section], item, field),
    place: (section, item, field) => placeIn(collected.items[section], { item, field, redactor }),
    written: () => asWritten(files, redactor),
  }
}

/**
 * Reads a project file that has to be usable.
 *
 * @throws ProjectError with every problem
 */
export async function loadProject(options: ReadOptions): Promise<ReadResult & { readonly project: Project }> {
  const result = await readProject(options)
  if (!result.project) throw new ProjectError(result.problems)
  return { ...result, project: result.project }
}

async function checkExpressions({ expressions }: Collected): Promise<void> {
  const { wrongExpressions } = await import('./check-expressions.js')
  const reports = new Map(expressions.map(({ expression, report }) => [expression, report]))
  for (const { expression, message, range } of await wrongExpressions([...reports.keys()]))
    reports.get(expression)?.({ code: 'ZC108', message, hint: 'https://docs.jsonata.org', range })
}

function checkedItems({ items, findings }: Collected): Record<SectionName, CheckedItem[]> {
  const checked = (item: LocatedItem): CheckedItem => {
    const { path, lines } = item.file.source
    const report = (finding: Finding) => {
      findings.push({ file: item.file, finding, isOfItem: true })
      item.mistakes.push(finding)
    }
    return {
      ...item,
      values: knownValues(item),
      report,
      where: () => `${basename(path)}:${lines.linePos(item.range.start).line}`,
    }
  }
  return {
    outgoing_rest: items.outgoing_rest.map(checked),
    channel_rest: items.channel_rest.map(checked),
    security: items.security.map(checked),
    groups: items.groups.map(checked),
  }
}

/** Nothing can be checked of a value that needs a missing variable. */
function knownValues({ values, unresolved }: LocatedItem): LocatedItem['values'] {
  if (unresolved.size === 0) return values
  return Object.fromEntries(Object.entries(values).filter(([name]) => !unresolved.has(name)))
}

interface ProblemContext {
  readonly loaded: LoadedEnvironment
  readonly redactor: Redactor
  readonly sources: readonly string[]
}

/** All problems, file by file, in the order of their lines. */
function problemsOf({ findings }: Collected, { loaded, redactor, sources }: ProblemContext): Problem[] {
  const rank = new Map(sources.map((source, index) => [source, index]))
  const rankOf = ({ file }: Problem) => rank.get(file) ?? 0
  const found = findings.map(({ file, finding }) => problemOf(file.source, finding, redactor))
  const absent = loaded.absent === undefined ? [] : [absentFile(loaded.absent)]
  return [...found, ...absent, ...loaded.badLines.map(badLine), ...loaded.unreadable.map(unreadable)].sort(
    (a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column,
  )
}

function absentFile(file: string): Problem {
  const message = `There is neither ${basename(file)} nor ${basename(file)}.local, one of which --env asks for`
  const hint = 'check the name; without them the environment itself has to have it all'
  return { ...atTop(file), message, hint }
}

function badLine({ file, line }: LoadedEnvironment['badLines'][number]): Problem {
  const message = 'This line is no NAME=value; it is left out'
  // No frame: what is not understood may be a secret.
  return { ...atTop(file), message, line }
}

function unreadable({ file, reason }: LoadedEnvironment['unreadable'][number]): Problem {
  const message = `The environment file cannot be read: ${reason}`
  return { ...atTop(file), message }
}

function atTop(file: string) {
  return { code: 'ZC304', severity: 'warning', scope: 'item', file, line: 1, column: 1, length: 1, frame: '' } as const
}

function placeIn(
  items: readonly LocatedItem[],
  { item, field, redactor }: { item: string; field: string | undefined; redactor: Redactor },
): Place | undefined {
  const found = items.find(({ name }) => name === item)
  const range = field === undefined ? found?.range : found?.fields.get(field)
  return found && range && placeOf(found.file.source, range, redactor)
}

function variablesIn(items: readonly LocatedItem[], item: string, field: string): readonly string[] {
  const found = items.find(({ name }) => name === item)
  const range = found?.fields.get(field)
  return found && range ? referencedNames(found.file.source.text.slice(range.start, range.end)) : []
}
