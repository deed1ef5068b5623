import { readFile } from 'node:fs/promises'
import type { ErrorCode } from '../errors.js'
import { renderFrame } from '../project/frame.js'
import type { Problem } from '../project/problem.js'
import type { Redactor } from '../redact.js'

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
  readonly redactor: Redactor
}

/** A problem of a source file, with its code frame. It concerns the services as a whole: they load together or not at all. */
export async function sourceProblem(options: SourceProblemOptions): Promise<Problem> {
  const { code, message, hint, file, line = 1, column = 1, length = 1, redactor } = options
  const place = { line, column, length }
  const source = options.line === undefined ? '' : await readFile(file, 'utf8').catch(() => '')
  const frame = source === '' ? '' : renderFrame(source, place, { redactor })
  return {
    code,
    severity: 'error',
    scope: 'project',
    message: redactor.text(message),
    ...(hint && { hint: redactor.text(hint) }),
    file,
    ...place,
    frame,
  }
}
