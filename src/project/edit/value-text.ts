import { stringify } from 'yaml'
import { isMapping } from './model.js'
import type { Layout, Quote } from './layout.js'

/** Values as text. Whatever is written reads back equal, and means the same in YAML 1.1. */

/** A value behind a key or a dash: what stands on that line, and the lines below, indented from the key or dash. */
export interface ValueText {
  readonly head: string
  readonly rest: readonly string[]
}

/** The text of a value behind a key. */
export function valueText(value: unknown, layout: Layout, quote?: Quote): ValueText {
  if (isFilledMapping(value)) return { head: '', rest: indented(mappingLines(value, layout), layout.mapIndent) }
  if (isFilledList(value)) return { head: '', rest: indented(listLines(value, layout), layout.listIndent) }
  if (typeof value === 'string' && layout.literals && isLiteral(value)) return literalText(value, layout)
  return { head: inlineText(value, layout, { quote }), rest: [] }
}

/** The text of a value behind a dash. */
export function elementText(value: unknown, layout: Layout, quote?: Quote): ValueText {
  if (!isFilledMapping(value) && !isFilledList(value)) return valueText(value, layout, quote)
  const [head = '', ...rest] = isFilledMapping(value) ? mappingLines(value, layout) : listLines(value, layout)
  return { head, rest: indented(rest, layout.dashWidth) }
}

/** The lines of a mapping's entries. */
export function mappingLines(mapping: Readonly<Record<string, unknown>>, layout: Layout): string[] {
  return Object.entries(mapping).flatMap(([key, value]) => {
    const { head, rest } = valueText(value, layout)
    return [`${keyText(key, layout)}:${head && ` ${head}`}`, ...rest]
  })
}

/** The lines of a list's elements. */
export function listLines(list: readonly unknown[], layout: Layout): string[] {
  return list.flatMap((value) => {
    const { head, rest } = elementText(value, layout)
    return [`-${' '.repeat(layout.dashWidth - 1)}${head}`, ...rest]
  })
}

interface Inline {
  /** Quotes to use even where none are needed. */
  readonly quote?: Quote | undefined
  /** Whether the value stands in brackets or braces. */
  readonly flow?: boolean
}

/** The text of a value on one line: collections in brackets and braces. */
export function inlineText(value: unknown, layout: Layout, { quote, flow = false }: Inline = {}): string {
  if (Array.isArray(value)) return `[${value.map((one) => inlineText(one, layout, { flow: true })).join(', ')}]`
  if (isMapping(value)) {
    const entries = Object.entries(value).map((entry) => inlineEntry(entry, layout))
    return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}'
  }
  if (typeof value === 'string')
    return stringText(value, { quote: quote ?? (layout.json ? 'double' : undefined), flow, layout })
  return stringify(value).trimEnd()
}

/** A key with its value, as it stands in braces. */
export function inlineEntry([key, value]: readonly [string, unknown], layout: Layout): string {
  return `${keyText(key, layout)}: ${inlineText(value, layout, { flow: true })}`
}

/** Keys are kept plain only where they would be in braces too: simpler, and names of fields and headers always are. */
export function keyText(key: string, layout: Layout): string {
  return stringText(key, { quote: layout.json ? 'double' : undefined, flow: true, layout })
}

export function indented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(columns) + line))
}

type StringStyle = { readonly quote: Quote | undefined; readonly flow: boolean; readonly layout: Layout }

function stringText(text: string, { quote, flow, layout }: StringStyle): string {
  if (needsEscapes.test(text)) return doubleQuoted(text)
  if (quote === undefined && isPlain(text, flow)) return text
  return (quote ?? layout.quote) === 'double' ? doubleQuoted(text) : `'${text.replaceAll("'", "''")}'`
}

/** What only double quotes can express (half a surrogate pair too), or what another parser could take for a line break. */
const needsEscapes = /[\p{Cc}\p{Surrogate}\u2028\u2029\ufeff\ufffe\uffff]/u

function doubleQuoted(text: string): string {
  const escaped = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g // JSON escapes the rest
  return JSON.stringify(text).replace(escaped, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Whether a text may stand without quotes; the library knows what else it could mean, in YAML 1.1 too. */
function isPlain(text: string, flow: boolean): boolean {
  if (/^(=|---|\.\.\.)/.test(text)) return false
  const options = { compat: 'yaml-1.1', lineWidth: 0, flowCollectionPadding: false } as const
  return flow
    ? stringify([text], { ...options, collectionStyle: 'flow' }) === `[${text}]\n`
    : stringify(text, options) === `${text}\n`
}

/** Whether a text of several lines may be written as it is, below a `|`. */
function isLiteral(text: string): boolean {
  if (!text.includes('\n') || needsEscapes.test(text.replace(/[\n\t]/g, ''))) return false
  return /^\S/.test(text) && !/^[ \t]+$/m.test(text) && !text.endsWith('\n\n')
}

function literalText(text: string, { mapIndent }: Layout): ValueText {
  const ends = text.endsWith('\n')
  const lines = (ends ? text.slice(0, -1) : text).split('\n')
  return { head: ends ? '|' : '|-', rest: indented(lines, mapIndent) }
}

function isFilledMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return isMapping(value) && Object.keys(value).length > 0
}

function isFilledList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}
