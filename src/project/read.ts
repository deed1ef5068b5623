import { basename, dirname, resolve } from 'node:path'
import { isScalar } from 'yaml'
import { didYouMean } from '../nearest.js'
import { type Redactor, createRedactor } from '../redact.js'
import { type CheckedItem, checkItems } from './check.js'
import { assembleProject } from './assemble.js'
import { type LoadedEnvironment, loadEnvironment } from './env-files.js'
import { type ReadFile, readFiles } from './files.js'
import { type ReadItem, itemsOf, missingText, readItem, readSettings } from './items.js'
import { plainOf } from './nodes.js'
import { type Problem, ProjectError } from './problem.js'
import type { Project } from './project.js'
import { ignoredSections } from './schema.js'
import { type SectionName, itemNouns, sectionNames, servedKeys, settingsFields } from './sections.js'
import { type Finding, type Range, placeOf, problemOf } from './source.js'
import type { ValueContext } from './values.js'

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
  readonly problems: readonly Problem[]
  /** Every file that was read or looked for, absolute: what a watcher watches. */
  readonly sources: readonly string[]
  readonly missing: readonly MissingVariable[]
  /** Where an item, or one of its fields, stands. */
  place(section: SectionName, item: string, field?: string): Place | undefined
}

/** Reads a project file whole. Never rejects for what the files hold. */
export async function readProject(options: ReadOptions): Promise<ReadResult> {
  const file = resolve(options.file)
  const loaded = await loadEnvironment(dirname(file), { env: options.env, name: options.envName })
  const { environment } = loaded
  const { files, paths } = await readFiles(file, { environment, texts: options.texts })
  const reader = new ProjectReader({ file, environment })
  reader.environmentFiles(loaded)
  for (const one of files) reader.sections(one)
  return reader.result([...paths, ...loaded.files])
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

interface LocatedItem extends ReadItem {
  readonly source: ReadFile
}

class ProjectReader {
  readonly #file: string
  readonly #environment: Readonly<Record<string, string>>
  readonly #found: { readonly source: ReadFile; readonly finding: Finding }[] = []
  readonly #missing: {
    readonly source: ReadFile
    readonly name: string
    readonly message?: string | undefined
    readonly range: Range
    readonly section: string
    readonly item: string
  }[] = []
  readonly #items: Record<SectionName, LocatedItem[]> = {
    outgoing_rest: [],
    channel_rest: [],
    security: [],
    groups: [],
  }
  readonly #settings: Record<string, Record<string, unknown>> = {}
  readonly #secrets = new Set<string>()
  readonly #environmentProblems: Problem[] = []
  #redactor: Redactor = createRedactor([])

  constructor({ file, environment }: { file: string; environment: Readonly<Record<string, string>> }) {
    this.#file = file
    this.#environment = environment
  }

  environmentFiles({ badLines }: LoadedEnvironment): void {
    for (const { file, line } of badLines) {
      this.#environmentProblems.push({
        code: 'ZC304',
        severity: 'warning',
        scope: 'item',
        message: 'This line is no NAME=value; it is left out',
        file,
        line,
        column: 1,
        length: 1,
        frame: '',
      })
    }
  }

  sections(source: ReadFile): void {
    for (const finding of source.findings) this.#found.push({ source, finding })
    for (const { key, keyRange, value, range } of source.sections) {
      if ((sectionNames as readonly string[]).includes(key)) this.#section(key as SectionName, source, value)
      else if (key === 'server' || key === 'dev') this.#readSettings(key, { source, value, keyRange })
      else if (key !== 'include' && !key.startsWith('x-')) this.#otherSection(key, { source, keyRange, range })
    }
  }

  result(sources: readonly string[]): ReadResult {
    this.#redactor = createRedactor([...this.#secrets])
    for (const name of ['server', 'dev'] as const)
      this.#settings[name] ??= defaultsOf(name, this.#context({ section: name, item: '' }))
    checkItems(this.#checkedItems())
    const problems = [
      ...this.#found.map(({ source, finding }) => problemOf(source.source, finding, this.#redactor)),
      ...this.#environmentProblems,
    ]
    problems.sort(
      (a, b) =>
        Number(a.file !== b.file) * sources.indexOf(a.file) - Number(a.file !== b.file) * sources.indexOf(b.file) ||
        a.line - b.line ||
        a.column - b.column,
    )
    const isUsable = !problems.some(({ severity, scope }) => severity === 'error' && scope === 'project')
    return {
      project: isUsable ? this.#project() : undefined,
      problems,
      sources: [...new Set(sources)],
      missing: this.#missing.map(({ source, range, ...rest }) => {
        const { file, line, column } = placeOf(source.source, range, this.#redactor)
        return { ...rest, file, line, column }
      }),
      place: (section, item, field) => this.#place(section, item, field),
    }
  }

  #section(section: SectionName, source: ReadFile, value: Parameters<typeof itemsOf>[1]): void {
    for (const node of itemsOf(section, value, this.#context({ section, item: '', source }))) {
      const name = node && 'get' in node ? node.get('name') : undefined
      const item = typeof name === 'string' ? name : ''
      if (section === 'security') this.#rememberSecrets(source, node)
      const read = readItem(section, node, this.#context({ section, item, source }))
      if (read) this.#items[section].push({ ...read, source })
    }
  }

  /** In a security definition everything may be a secret that is not known to be none, misspelt keys above all. */
  #rememberSecrets({ nodes }: ReadFile, node: Parameters<typeof itemsOf>[1]): void {
    const plain = plainOf(nodes, node)
    if (typeof plain !== 'object' || plain === null) return
    for (const [key, value] of Object.entries(plain)) {
      if (typeof value === 'string' && !publicSecurityFields.has(key) && !value.includes('${')) this.#secrets.add(value)
    }
  }

  #readSettings(
    section: 'server' | 'dev',
    { source, value, keyRange }: { source: ReadFile; value: Parameters<typeof itemsOf>[1]; keyRange: Range },
  ): void {
    if (this.#settings[section]) {
      this.#found.push({
        source,
        finding: { code: 'ZC004', message: `The section "${section}" stands in another file too`, range: keyRange },
      })
      return
    }
    const context = this.#context({ section, item: '', source })
    this.#settings[section] = readSettings(section, value, { fields: settingsFields[section], context })
  }

  #otherSection(key: string, { source, keyRange, range }: { source: ReadFile; keyRange: Range; range: Range }): void {
    const report = (finding: Finding) => this.#found.push({ source, finding })
    if ((ignoredSections as readonly string[]).includes(key)) {
      report({
        code: 'ZC302',
        severity: 'warning',
        message: `The section "${key}" is not served; everything else works without it`,
        range: keyRange,
      })
    } else {
      const hint = didYouMean(key, [...servedKeys, ...ignoredSections]) ?? `known sections: ${servedKeys.join(', ')}`
      report({ code: 'ZC101', message: `Unknown section "${key}"`, hint, range: keyRange.end > 0 ? keyRange : range })
    }
  }

  #context({ section, item, source }: { section: string; item: string; source?: ReadFile }): ValueContext {
    const isSettings = section === 'server' || section === 'dev'
    return {
      nodes: source?.nodes as ValueContext['nodes'],
      environment: this.#environment,
      root: dirname(this.#file),
      report: (finding) => source && this.#found.push({ source, finding }),
      missing: (reference, range) => {
        if (!source) return
        this.#missing.push({ source, name: reference.name, message: reference.message, range, section, item })
        const what = isSettings
          ? `the section "${section}" needs it`
          : `the ${itemNouns[section as SectionName]} "${item}" refuses to work without it`
        this.#found.push({
          source,
          finding: {
            code: 'ZC205',
            message: missingText(reference),
            hint: `${what}; set it in .env`,
            range,
            scope: isSettings ? 'project' : 'item',
          },
        })
      },
      secret: (value) => this.#secrets.add(value),
    }
  }

  #checkedItems(): Record<SectionName, CheckedItem[]> {
    const checked = (items: readonly LocatedItem[]) =>
      items.map((item): CheckedItem => {
        const { path, lines } = item.source.source
        const report = (finding: Finding) => void this.#found.push({ source: item.source, finding })
        const where = () => `${basename(path)}:${lines.linePos(item.range.start).line}`
        return { ...item, report, where }
      })
    return {
      outgoing_rest: checked(this.#items.outgoing_rest),
      channel_rest: checked(this.#items.channel_rest),
      security: checked(this.#items.security),
      groups: checked(this.#items.groups),
    }
  }

  #project(): Project {
    return assembleProject({
      file: this.#file,
      items: this.#items,
      settings: this.#settings,
      environment: this.#environment,
      secrets: [...this.#secrets],
    })
  }

  #place(section: SectionName, name: string, field?: string): Place | undefined {
    const item = this.#items[section].find((one) => one.name === name)
    if (!item) return undefined
    const range = field === undefined ? item.range : item.fields.get(field)
    return range && placeOf(item.source.source, range, this.#redactor)
  }
}

const publicSecurityFields = new Set([
  'name',
  'type',
  'username',
  'realm',
  'header',
  'static_header',
  'static_prefix',
  'is_active',
  'auth_server_url',
])

function defaultsOf(section: 'server' | 'dev', context: ValueContext): Record<string, unknown> {
  return readSettings(section, null, { fields: settingsFields[section], context })
}

/** Whether a node is the empty value. */
export function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null)
}
