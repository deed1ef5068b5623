import { type Document, type ErrorCode as YamlErrorCode, type YAMLError, parseDocument, visit } from 'yaml'
import { type ErrorCode, UsageError } from '../../errors.js'
import { columnOf, lineNumber } from './lines.js'

/** A text of YAML with its syntax tree and its plain value. */
export interface YamlSource {
  readonly text: string
  readonly document: Document.Parsed
  readonly root: unknown
}

/**
 * Parses a text that may be edited.
 *
 * @throws UsageError ZC001, ZC002, ZC004 or ZC005 that names line and column
 */
export function readSource(text: string): YamlSource {
  const document = parseDocument(text, { keepSourceTokens: true, logLevel: 'error' })
  const [error] = document.errors
  if (error) throw syntaxError(error)
  return { text, document, root: plainValue(text, document) }
}

/** The source of a text, or undefined if it is no valid YAML. */
export function readIfValid(text: string): YamlSource | undefined {
  try {
    return readSource(text)
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}

function refuseUnknownAlias(text: string, document: Document.Parsed): void {
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return
      const at = alias.range?.[0] ?? 0
      const place = `${lineNumber(text, at)}:${columnOf(text, at) + 1}`
      const message = `The file is not valid YAML: nothing is marked "&${alias.source}" (${place})`
      throw new UsageError('ZC001', message, { hint: 'fix this first' })
    },
  })
}

function plainValue(text: string, document: Document.Parsed): unknown {
  try {
    return document.toJS()
  } catch (error) {
    refuseUnknownAlias(text, document)
    throw new UsageError('ZC005', 'The aliases of the file expand too far', { cause: error, hint: 'fix this first' })
  }
}

const codes: Partial<Record<YamlErrorCode, ErrorCode>> = { DUPLICATE_KEY: 'ZC004', MULTIPLE_DOCS: 'ZC002' }
const messages: Partial<Record<YamlErrorCode, string>> = {
  DUPLICATE_KEY: 'A key stands twice in one mapping',
  MULTIPLE_DOCS: 'The file holds more than one YAML document',
}

function syntaxError({ code, linePos, message }: YAMLError): UsageError {
  const [{ line, col } = { line: 1, col: 1 }] = linePos ?? []
  const what =
    messages[code] ?? `The file is not valid YAML: ${message.replace(/ at line \d+, column \d+[\s\S]*$/, '')}`
  return new UsageError(codes[code] ?? 'ZC001', `${what} (${line}:${col})`, { hint: 'fix this first' })
}
