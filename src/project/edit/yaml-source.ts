import { type Document, type ErrorCode as YamlErrorCode, type YAMLError, parseDocument } from 'yaml'
import { type ErrorCode, UsageError } from '../../errors.js'

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
  const document = parseDocument(text, { keepSourceTokens: true })
  const [error] = document.errors
  if (error) throw syntaxError(error)
  return { text, document, root: plainValue(document) }
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

function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS()
  } catch (error) {
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
  const what = messages[code] ?? `The file is not valid YAML: ${message.replace(/ at line \d+, column \d+[\s\S]*$/, '')}`
  return new UsageError(codes[code] ?? 'ZC001', `${what} (${line}:${col})`, { hint: 'fix this first' })
}
