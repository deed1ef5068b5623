import { type Node, isMap, isScalar, isSeq } from 'yaml'
import { type Redactor, redacted } from '../redact.js'
import { mask } from './frame.js'
import type { ReadFile } from './files.js'
import { type Nodes, plainOf, rangeOf } from './nodes.js'
import { variablesIn } from './references.js'
import { secretScalars } from './secret-nodes.js'
import { type SectionName, sectionNames, settingsFields } from './sections.js'

/** What the files of a project say, in their own words: references not put in, defaults not filled in. */
export interface AsWritten {
  /** The project file and what it includes, in the order in which they were read. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly items: readonly WrittenItem[]
  /** Names of the environment's variables that are referred to, and by what: `outgoing connection "Orders API"`, `server`. */
  readonly variables: readonly VariableUse[]
}

export interface WrittenItem {
  readonly section: SectionName
  readonly name: string
  /** By the file's own names of the fields, secrets hidden. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The same with secrets: to be written, never to be shown. */
  readonly values: Readonly<Record<string, unknown>>
  /** Absolute path. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Its lines, secrets hidden. */
  readonly source: string
}

export interface VariableUse {
  readonly name: string
  readonly section: string
  /** Undefined in `server` and `dev`. */
  readonly item?: string | undefined
  /** Whether something stands in for it while it is missing. */
  readonly hasDefault: boolean
}

export function asWritten(files: readonly ReadFile[], redactor: Redactor): AsWritten {
  const parts = files.map((file) => partsOf(file, redactor))
  return {
    files: files.map(({ source: { path, text } }) => ({ path, text })),
    items: parts.flatMap(({ items }) => items),
    variables: parts.flatMap(({ variables }) => variables),
  }
}

function partsOf(file: ReadFile, redactor: Redactor): Pick<AsWritten, 'items' | 'variables'> {
  const { nodes, source } = file
  const hidden = secretScalars(nodes, source.document.contents)
  const items: WrittenItem[] = []
  const variables: VariableUse[] = []
  for (const { key, value } of file.sections) {
    const section = sectionNames.find((name) => name === key)
    if (section && isSeq(value)) {
      for (const node of value.items.map((item) => nodes.resolve(item))) {
        const item = itemOf(node, { section, file, hidden, redactor })
        if (!item) continue
        items.push(item)
        for (const use of referencesIn(item.values)) variables.push({ ...use, section, item: item.name })
      }
    } else if (Object.hasOwn(settingsFields, key)) {
      for (const use of referencesIn(plainOf(nodes, value))) variables.push({ ...use, section: key })
    }
  }
  return { items, variables }
}

interface ItemPlace {
  readonly section: SectionName
  readonly file: ReadFile
  readonly hidden: ReadonlySet<Node>
  readonly redactor: Redactor
}

/** Undefined for what is no mapping with a name. */
function itemOf(node: Node | null, { section, file, hidden, redactor }: ItemPlace): WrittenItem | undefined {
  const { nodes, source } = file
  if (!isMap(node)) return undefined
  const values = plainOf(nodes, node) as Readonly<Record<string, unknown>>
  if (typeof values.name !== 'string') return undefined
  const { start, end } = rangeOf(node)
  const [first, last] = [source.lines.linePos(start).line, source.lines.linePos(Math.max(start, end - 1)).line]
  const rows = source.rows().slice(first - 1, last)
  return {
    section,
    name: values.name,
    fields: shownOf(node, { nodes, hidden, redactor }) as Readonly<Record<string, unknown>>,
    values,
    file: source.path,
    line: first,
    source: rows
      .map((row) => mask(row, redactor).trimEnd())
      .join('\n')
      .trimEnd(),
  }
}

interface Shown {
  readonly nodes: Nodes
  readonly hidden: ReadonlySet<Node>
  readonly redactor: Redactor
}

function shownOf(node: Node | null, shown: Shown): unknown {
  const found = shown.nodes.resolve(node)
  if (isScalar(found)) {
    if (shown.hidden.has(found)) return redacted
    return typeof found.value === 'string' ? shown.redactor.url(found.value) : found.value
  }
  if (isSeq(found)) return found.items.map((item) => shownOf(item as Node, shown))
  if (!isMap(found)) return null
  const entries = shown.nodes.entries(found).map(({ key, value }) => [key, shownOf(value, shown)] as const)
  return Object.fromEntries(entries)
}

function referencesIn(value: unknown): ReturnType<typeof variablesIn> {
  const found: ReturnType<typeof variablesIn> = []
  const visit = (one: unknown): void => {
    if (typeof one === 'string') found.push(...variablesIn(one))
    else if (typeof one === 'object' && one !== null) Object.values(one).forEach(visit)
  }
  visit(value)
  return found
}
