import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { renderFrame } from '../project/frame.js'
import type { Redactor } from '../redact.js'
import type { ErrorRecord, SourceRecord } from '../trace/record.js'
import { placeOf } from './load-problem.js'

interface SourceContext {
  /** Folder of the project. */
  readonly root: string
  readonly redactor: Redactor
}

const noCode = { url: '', code: new Uint8Array() }

/** The error, with the first line of the user's own source in its stack, and the lines around it. */
export function withSource(error: ErrorRecord, context: SourceContext): ErrorRecord {
  const place = error.stack === undefined ? undefined : placeOf(error.stack, noCode)
  if (!place) return error
  const file = relative(context.root, place.file)
  if (file.startsWith('..')) return error
  const { line, column } = place
  return { ...error, source: { file: file.split(sep).join('/'), line, column, frame: frameAt(place, context) } }
}

function frameAt(
  { file, line, column }: { file: string; line: number; column: number },
  { redactor }: SourceContext,
): string | undefined {
  try {
    return renderFrame(readFileSync(file, 'utf8'), { line, column, length: 1 }, { redactor })
  } catch {
    return undefined
  }
}

/** A file of the user's, as a trace names it. */
export function sourceOfFile(file: string, root: string): SourceRecord {
  return { file: relative(root, file).split(sep).join('/') }
}
