import { dirname } from 'node:path'
import { type Node, type Scalar, isMap } from 'yaml'
import { didYouMean } from '../nearest.js'
import type { ExpressionAt } from './check-expressions.js'
import type { ReadFile, TopLevelEntry } from './files.js'
import { type ReadItem, itemsOf, readItem, readSettings } from './items.js'
import { Nodes } from './nodes.js'
import { proxySecrets } from './proxy-address.js'
import { textOf } from './reading.js'
import { missingText, resolveReferences } from './references.js'
import { ignoredSections } from './schema.js'
import { secretsOfDefinition } from './secret-nodes.js'
import { type SectionName, type SettingsName, itemNouns, sectionNames, servedKeys, settingsFields } from './sections.js'
import { type Finding, type Range, parseSource } from './source.js'
import type { ValueContext } from './value-context.js'

/** An item and the file that it stands in. */
export interface LocatedItem extends ReadItem {
  readonly file: ReadFile
  /** What is wrong with it by itself, and beside others. */
  readonly mistakes: Finding[]
}

export interface LocatedFinding {
  readonly file: ReadFile
  readonly finding: Finding
  /** Whether it is about an item, or the list that items stand in: other items have nothing to do with it. */
  readonly isOfItem?: boolean
}

export interface MissingAt {
  readonly file: ReadFile
  readonly range: Range
  readonly name: string
  readonly message: string | undefined
  readonly section: string
  /** Empty in `server` and `dev`. */
  readonly item: string
}

/** What all files of a project say, section by section, and what is wrong with each by itself. */
export interface Collected {
  readonly items: Readonly<Record<SectionName, LocatedItem[]>>
  readonly settings: Record<SettingsName, Record<string, unknown>>
  readonly findings: LocatedFinding[]
  readonly missing: readonly MissingAt[]
  readonly secrets: ReadonlySet<string>
  /** Not checked yet. */
  readonly expressions: readonly LocatedExpression[]
}

interface LocatedExpression {
  readonly expression: ExpressionAt
  readonly report: (finding: Finding) => void
}

interface CollectOptions {
  /** Absolute path of the project file. */
  readonly path: string
  readonly environment: Readonly<Record<string, string>>
}

export function collectSections(files: readonly ReadFile[], options: CollectOptions): Collected {
  const collector = new Collector(options)
  for (const file of files) collector.add(file)
  return collector.collected()
}

interface Within {
  readonly section: SectionName | SettingsName
  /** Empty in `server` and `dev`. */
  readonly item: string
  /** Gets what is wrong with the item. */
  readonly mistakes?: Finding[]
}

class Collector {
  readonly #options: CollectOptions
  readonly #items: Collected['items'] = { outgoing_rest: [], channel_rest: [], security: [], groups: [] }
  readonly #settings: Partial<Collected['settings']> = {}
  readonly #findings: Collected['findings'] = []
  readonly #missing: MissingAt[] = []
  readonly #secrets = new Set<string>()
  readonly #expressions: LocatedExpression[] = []

  constructor(options: CollectOptions) {
    this.#options = options
    for (const secret of proxySecrets(options.environment)) this.#secrets.add(secret)
  }

  add(file: ReadFile): void {
    for (const finding of file.findings) this.#findings.push({ file, finding })
    for (const entry of file.sections) {
      const { key } = entry
      if (isSectionName(key)) this.#list(key, { file, node: entry.value })
      else if (isSettingsName(key)) this.#mapping(key, { file, entry })
      else if (key !== 'include' && !key.startsWith('x-')) this.#otherSection(key, { file, entry })
    }
  }

  collected(): Collected {
    const { server = this.#defaults('server'), dev = this.#defaults('dev') } = this.#settings
    const [items, findings, missing, secrets] = [this.#items, this.#findings, this.#missing, this.#secrets]
    return { items, settings: { server, dev }, findings, missing, secrets, expressions: this.#expressions }
  }

  #list(section: SectionName, { file, node }: { file: ReadFile; node: Node | null }): void {
    for (const item of itemsOf(section, node, this.#context(file, { section, item: '' }))) {
      if (section === 'security') this.#rememberSecrets(secretsOfDefinition(file.nodes, item))
      const name = isMap(item) ? textOf(file.nodes.entries(item), 'name') : undefined
      const mistakes: Finding[] = []
      const context = this.#context(file, { section, item: name ?? '', mistakes })
      const read = readItem(section, item, context)
      if (read) this.#items[section].push({ ...read, file, mistakes })
    }
  }

  #mapping(section: SettingsName, { file, entry }: { file: ReadFile; entry: TopLevelEntry }): void {
    if (this.#settings[section]) {
      const message = `The section "${section}" stands in another file too`
      this.#findings.push({ file, finding: { code: 'ZC004', message, range: entry.keyRange } })
      return
    }
    const context = this.#context(file, { section, item: '' })
    this.#settings[section] = readSettings(section, entry.value, { fields: settingsFields[section], context })
  }

  #otherSection(key: string, { file, entry }: { file: ReadFile; entry: TopLevelEntry }): void {
    const range = entry.keyRange
    if ((ignoredSections as readonly string[]).includes(key)) {
      const message = `The section "${key}" is not served; everything else works without it`
      this.#findings.push({ file, finding: { code: 'ZC302', severity: 'warning', message, range } })
    } else {
      const hint = didYouMean(key, [...servedKeys, ...ignoredSections]) ?? `known sections: ${servedKeys.join(', ')}`
      this.#findings.push({ file, finding: { code: 'ZC101', message: `Unknown section "${key}"`, hint, range } })
    }
  }

  /** Those of definitions that are not read, too: of a type that is not served, or under a misspelt key. */
  #rememberSecrets(scalars: readonly Scalar[]): void {
    for (const { value, source } of scalars) {
      const { text, inserted } = resolveReferences(source ?? String(value), this.#options.environment)
      for (const secret of [text, ...inserted]) if (secret !== '') this.#secrets.add(secret)
    }
  }

  #defaults(section: SettingsName): Record<string, unknown> {
    const nodes = new Nodes(parseSource('', '').document)
    const context = { ...this.#valueContext(nodes), report: () => {}, missing: () => {}, expression: () => {} }
    return readSettings(section, null, { fields: settingsFields[section], context })
  }

  #valueContext(nodes: Nodes): Omit<ValueContext, 'report' | 'missing' | 'expression'> {
    const { path, environment } = this.#options
    return { nodes, environment, root: dirname(path), secret: (value) => this.#secrets.add(value) }
  }

  #context(file: ReadFile, { section, item, mistakes }: Within): ValueContext {
    const isSettings = isSettingsName(section)
    const report = (finding: Finding) => {
      this.#findings.push({ file, finding, isOfItem: !isSettings })
      mistakes?.push(finding)
    }
    const needs = isSettings
      ? `the section "${section}" needs it`
      : `the ${itemNouns[section]} "${item}" refuses to work without it`
    return {
      ...this.#valueContext(file.nodes),
      report,
      expression: (expression) => this.#expressions.push({ expression, report }),
      missing: (reference, range) => {
        const { name, message } = reference
        const scope = isSettings ? 'project' : 'item'
        this.#missing.push({ file, range, name, message, section, item })
        const finding: Finding = {
          code: 'ZC205',
          message: missingText(reference),
          hint: `${needs}; set it in .env`,
          range,
          scope,
        }
        report(finding)
      },
    }
  }
}

function isSectionName(key: string): key is SectionName {
  return (sectionNames as readonly string[]).includes(key)
}

function isSettingsName(key: string): key is SettingsName {
  return Object.hasOwn(settingsFields, key)
}
