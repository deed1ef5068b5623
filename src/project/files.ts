import { dirname, resolve } from 'node:path'
import { type Node, isMap, isScalar, isSeq } from 'yaml'
import type { Redactor } from '../redact.js'
import { mask } from './frame.js'
import { type Entry, Nodes, isEmptyNode, rangeOf } from './nodes.js'
import { identityOf, textOf } from './read-text.js'
import { resolveReferences } from './references.js'
import { rowsOf } from './secret-nodes.js'
import {
  type Finding,
  type Range,
  type SourceFile,
  hasMapping,
  malformedReference,
  parseSource,
  syntaxFindings,
} from './source.js'

/** Reads the project file and what it includes. */

/** A section, or another key at the top of a file. */
export type TopLevelEntry = Entry

export interface ReadFile {
  readonly source: SourceFile
  readonly nodes: Nodes
  /** Top-level keys and values; empty if the file cannot be used. */
  readonly sections: readonly TopLevelEntry[]
  readonly findings: readonly Finding[]
}

interface FilesOptions {
  readonly texts?: ReadonlyMap<string, string> | undefined
  readonly environment: Readonly<Record<string, string>>
}

export interface ReadFiles {
  readonly files: readonly ReadFile[]
  /** Every file that was read or looked for. */
  readonly paths: readonly string[]
}

/** Reads `path`, then what it includes, depth first; a file that is met twice is read once. */
export async function readFiles(path: string, options: FilesOptions): Promise<ReadFiles> {
  const files: ReadFile[] = []
  const paths: string[] = []
  await visit({ path, chain: [] }, { files, paths, read: new Set(), options })
  return { files, paths }
}

interface Visit {
  readonly path: string
  /** The files that led here. */
  readonly chain: readonly string[]
}

interface Collected {
  readonly files: ReadFile[]
  readonly paths: string[]
  /** The real paths of those that have been read: one file may have several spellings. */
  readonly read: Set<string>
  readonly options: FilesOptions
}

/** Gives why the file cannot be read, if so. */
async function visit({ path, chain }: Visit, collected: Collected): Promise<string | undefined> {
  const { files, paths, options } = collected
  if (paths.includes(path)) return undefined
  paths.push(path)
  const real = await identityOf(path)
  if (collected.read.has(real)) return undefined
  collected.read.add(real)
  const read = await textOf(path, options.texts)
  if ('error' in read) {
    if (chain.length > 0) return read.error
    const source = parseSource(path, '')
    const finding: Finding = {
      code: 'ZC007',
      message: `The file cannot be read: ${read.error}`,
      range: { start: 0, end: 1 },
    }
    files.push({ source, nodes: new Nodes(source.document), sections: [], findings: [finding] })
    return undefined
  }
  const findings: Finding[] = []
  const file = takeApart(path, read.text, findings)
  files.push(file)
  const include = file.sections.find(({ key }) => key === 'include')
  for (const item of includesOf(include?.value ?? null, { file, findings })) {
    await follow(item, { path, chain: [...chain, path], findings }, collected)
  }
  return undefined
}

async function follow(
  { text, range }: { text: string; range: Range },
  { path, chain, findings }: Visit & { findings: Finding[] },
  collected: Collected,
): Promise<void> {
  const { text: resolved, missing, malformed } = resolveReferences(text, collected.options.environment)
  if (malformed !== undefined) {
    findings.push(malformedReference(range))
    return
  }
  const [absent] = missing
  if (absent) {
    findings.push({ code: 'ZC205', message: `The environment variable "${absent.name}" is missing`, range })
    return
  }
  const target = resolve(dirname(path), resolved)
  if (chain.includes(target)) {
    const circle = [...chain.slice(chain.indexOf(target)), target].join(' → ')
    findings.push({ code: 'ZC008', message: `Files include each other in a circle: ${circle}`, range })
    return
  }
  const error = await visit({ path: target, chain }, collected)
  if (error !== undefined) {
    const via = chain.length > 1 ? ` (included through ${chain.join(' → ')})` : ''
    findings.push({ code: 'ZC007', message: `The included file "${target}" cannot be read: ${error}${via}`, range })
  }
}

function takeApart(path: string, text: string, findings: Finding[]): ReadFile {
  const parsed = parseSource(path, text)
  const nodes = new Nodes(parsed.document)
  let rows: string[] | undefined
  const source: SourceFile = {
    ...parsed,
    // Only what is wrong is shown, and most files are right.
    rows: () => (rows ??= rowsOf(text, { nodes, document: parsed.document })),
  }
  findings.push(...syntaxFindings(source))
  if (findings.length === 0 && !hasMapping(source)) {
    findings.push({
      code: 'ZC003',
      message: 'The top level of the file must be a mapping of sections',
      hint: 'such as "outgoing_rest:" with a list of connections below it',
      range: rangeOf(source.document.contents),
    })
  }
  // Taken for nothing, either would leave out what it stands for: a channel's security, say.
  for (const alias of nodes.unknownAliases()) {
    // Without the name: what begins with "*" may be a secret that lacks its quotes.
    findings.push({
      code: 'ZC001',
      message: 'There is no anchor of this name before this alias',
      hint: 'put the value in quotes, if it is meant to begin with "*"',
      range: rangeOf(alias),
    })
  }
  const bomb = findings.length === 0 ? nodes.findBomb() : undefined
  if (bomb) findings.push({ code: 'ZC005', message: 'Aliases expand too far, or contain themselves', range: bomb })
  if (findings.length === 0) {
    for (const range of nodes.unmergeable())
      findings.push({ code: 'ZC104', message: 'What "<<" merges in must be a mapping', range })
  }
  const { contents } = source.document
  const sections = findings.length === 0 && isMap(contents) ? nodes.entries(contents) : []
  return { source, nodes, sections, findings }
}

/** The lines of a project file with the secrets in it hidden. */
export function shownLines(text: string, redactor: Redactor): string[] {
  const { source } = takeApart('', text, [])
  return source.rows().map((row) => mask(row, redactor))
}

function includesOf(
  node: Node | null,
  { file, findings }: { file: ReadFile; findings: Finding[] },
): { text: string; range: Range }[] {
  if (isEmptyNode(node)) return []
  const items = isSeq(node) ? node.items : [node]
  return items.flatMap((item) => {
    const found = file.nodes.resolve(item)
    if (isScalar(found) && typeof found.value === 'string') return [{ text: found.value, range: rangeOf(item) }]
    findings.push({ code: 'ZC104', message: '"include" must be a list of files', range: rangeOf(item) })
    return []
  })
}
