import { type Document, LineCounter, type YAMLError, YAMLParseError, isMap, isScalar, parseDocument } from 'yaml'
import type { ErrorCode } from '../errors.js'
import type { Redactor } from '../redact.js'
import { mask, printable, renderFrame } from './frame.js'
import { findTooDeep } from './nesting.js'
import type { Problem } from './problem.js'

/** One YAML file, taken apart. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly document: Document.Parsed
  readonly lines: LineCounter
  /** The lines of the text as they may be shown: where secrets are known to stand, they are hidden. */
  rows(): readonly string[]
}

/** Offsets in a text, end exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface Finding {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
  readonly range: Range
  readonly severity?: Problem['severity']
  readonly scope?: Problem['scope']
}

/** Whether the file cannot be served as it is: what `problemOf` makes of it has scope `project`. */
export function isFatal({ severity = 'error', scope = 'project' }: Finding): boolean {
  return severity === 'error' && scope === 'project'
}

export function parseSource(path: string, text: string): SourceFile {
  const tooDeep = findTooDeep(text)
  if (tooDeep !== undefined) return tooDeepSource(path, text, tooDeep)
  try {
    return parse(path, text)
  } catch (error) {
    // What the count has missed exhausts the stack of the parser, which says nothing of where it was.
    if (error instanceof RangeError) return tooDeepSource(path, text, 0)
    throw error
  }
}

function tooDeepSource(path: string, text: string, at: number): SourceFile {
  const source = { ...parse(path, ''), text, lines: linesOf(text), rows: () => text.split('\n') }
  const error = new YAMLParseError([at, at + 1], 'RESOURCE_EXHAUSTION', 'Values are nested too deeply')
  source.document.errors.push(error)
  return source
}

function parse(path: string, text: string): SourceFile {
  const lines = new LineCounter()
  const document = parseDocument(text.replace(/^\uFEFF/, ' '), {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    // Less than this leaves out the error for a second document.
    logLevel: 'error',
  })
  return { path, text, document, lines, rows: () => text.split('\n') }
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return lines
}

/** What keeps a file from being read at all: at most one finding for each line. */
export function syntaxFindings({ document, text, lines }: SourceFile): Finding[] {
  const seen = new Set<number>()
  // A tag that stands for nothing would be left out, and what it was to say with it.
  const tags = document.warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED')
  const findings = [...document.errors, ...tags].flatMap((error) => {
    const { line } = lines.linePos(Math.min(error.pos[0], text.length))
    if (seen.has(line)) return []
    seen.add(line)
    return [syntaxFinding(error, text)]
  })
  // After a second document, or a broken line, what follows says nothing new.
  const fatal = findings.find(({ code }) => code === 'ZC002')
  return fatal ? [fatal] : findings.slice(0, 10)
}

/** A key as it is written. */
function keyAt(text: string, start: number): string {
  return /^[^:\n]*/.exec(text.slice(start))?.[0].trimEnd() ?? ''
}

function syntaxFinding({ code, message, pos }: YAMLError, text: string): Finding {
  const range = { start: Math.min(pos[0], text.length), end: Math.min(Math.max(pos[1], pos[0] + 1), text.length) }
  const one = { start: range.start, end: lineEnd(text, range.start, range.end) }
  switch (code) {
    case 'DUPLICATE_KEY':
      return {
        code: 'ZC004',
        message: `The key "${keyAt(text, range.start)}" stands in this mapping already`,
        hint: 'keep one of the two',
        range: { start: range.start, end: range.start + keyAt(text, range.start).length },
      }
    case 'MULTIPLE_DOCS':
      return {
        code: 'ZC002',
        message: 'The file holds a second YAML document',
        hint: 'remove the line "---", or move what follows to a file of its own and include it',
        range: one,
      }
    case 'TAB_AS_INDENT':
      return { code: 'ZC001', message: 'A tab is used for indentation', hint: 'indent with spaces', range: one }
    case 'TAG_RESOLVE_FAILED':
      return {
        code: 'ZC001',
        message: 'A value that begins with "!" is a tag to YAML, and there is none of this name',
        hint: 'put the value in quotes',
        range: one,
      }
    default:
      if (/\{\{/.test(lineAt(text, range.start))) return bracesFinding(one)
      return { code: 'ZC001', message: `Invalid YAML: ${reworded(message)}`, hint: quotesHint(message), range: one }
  }
}

/** What is wrong most of the time with a value that YAML reads on into. */
function quotesHint(message: string): string | undefined {
  if (message.startsWith('Nested mappings are not allowed')) return 'put a value that holds ": " in quotes'
  if (/^Unexpected flow-(map|seq)-/.test(message)) return 'inside { }, put a value that holds { } or [ ] in quotes'
  return undefined
}

/** A value such as `{{x}}`, which YAML takes for a mapping. */
export function bracesFinding(range: Range): Finding {
  return {
    code: 'ZC006',
    message: 'A value that starts with "{" is a mapping to YAML',
    hint: 'put the value in quotes',
    range,
  }
}

/** A reference such as `${NAME`, or one inside another. */
export function malformedReference(range: Range): Finding {
  return {
    code: 'ZC105',
    message: 'A reference to the environment is malformed',
    hint: 'write ${NAME}, ${NAME:-default} or ${NAME:?message}; $$ is a dollar sign',
    range,
  }
}

/** Without what the parser repeats of the file: it may be a secret. */
function reworded(message: string): string {
  const [line = ''] = message.replace(/(?:(characters): |(sequence) |: ").*$/s, '$1$2').split('\n')
  if (line.startsWith('Maximum call stack')) return 'Values are nested too deeply'
  return line.replace(/ at line \d+, column \d+:?$/, '').replace(/\.$/, '')
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end === -1 ? text.length : end)
}

function lineEnd(text: string, start: number, end: number): number {
  const newline = text.slice(start, end).search(/[\r\n]/)
  return newline <= 0 ? Math.max(end, start) : start + newline
}

/** Makes a problem of a finding: works out where it is, and draws the frame. */
export function problemOf(source: SourceFile, finding: Finding, redactor: Redactor): Problem {
  const { code, message, hint, severity = 'error', scope = severity === 'warning' ? 'item' : 'project' } = finding
  const place = placeOf(source, finding.range, redactor)
  const shown = (text: string) => printable(mask(text, redactor))
  return { code, severity, message: shown(message), ...(hint !== undefined && { hint: shown(hint) }), scope, ...place }
}

export function placeOf(source: SourceFile, range: Range, redactor: Redactor) {
  const { path, text, lines } = source
  const at = lines.linePos(Math.min(range.start, text.length))
  const line = Math.max(1, at.line)
  const column = Math.max(1, at.col)
  const onLine = /^[^\r\n]*/.exec(text.slice(range.start, range.end))?.[0] ?? ''
  const length = Math.max(1, onLine.trimEnd().length)
  const frame = renderFrame(source.rows(), { line, column, length }, { redactor })
  return { file: path, line, column, length, frame }
}

/** Whether the top level is a mapping of sections. */
export function hasMapping({ document }: SourceFile): boolean {
  const { contents } = document
  return contents === null || isMap(contents) || (isScalar(contents) && contents.value === null)
}
