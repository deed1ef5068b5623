import { readFile } from 'node:fs/promises'
import type { ErrorCode } from '../errors.js'
import type { Problem } from '../project/problem.js'

interface SourceProblemOptions {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string | undefined
  /** Absolute path. */
  readonly file: string
  /** Left out, the problem is the file's as a whole, and there is no frame. */
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly length?: number | undefined
}

/** A problem of a source file, with its code frame. It concerns the services as a whole: they load together or not at all. */
export async function sourceProblem(options: SourceProblemOptions): Promise<Problem> {
  const { code, message, hint, file, line = 1, column = 1, length = 1 } = options
  const source = options.line === undefined ? '' : await readFile(file, 'utf8').catch(() => '')
  const frame = codeFrame({ source, line, column, length })
  return { code, severity: 'error', scope: 'project', message, ...(hint && { hint }), file, line, column, length, frame }
}

interface FrameOptions {
  readonly source: string
  readonly line: number
  readonly column: number
  readonly length: number
}

/** Two lines before, the offending one underlined, one after; empty if there is no such line. */
export function codeFrame({ source, line, column, length }: FrameOptions): string {
  const lines = source.split(/\r\n|\n|\r/)
  const text = lines[line - 1]
  if (source === '' || text === undefined) return ''
  const first = Math.max(line - 3, 0)
  const width = String(Math.min(line + 1, lines.length)).length
  const numbered = lines
    .slice(first, line + 1)
    .map((one, index) => `${String(first + index + 1).padStart(width)} | ${one}`.trimEnd())
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ')
  const underline = '^'.repeat(Math.max(Math.min(length, text.length - column + 1), 1))
  numbered.splice(line - first, 0, `${' '.repeat(width)} | ${indent}${underline}`)
  return numbered.join('\n')
}
