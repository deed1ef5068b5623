import { type Edit } from '../project/edit/edit.js'
import { type EditedProject, editProject } from '../project/edit/edit-project.js'
import { writeEnvTypes } from '../project/env-types.js'
import { readProject } from '../project/read.js'
import { shownPath } from '../output/problems.js'
import { style } from '../output/style.js'
import type { Context } from './context.js'
import { readOptionsOf } from './project.js'

export interface ApplyOptions {
  readonly edits: readonly Edit[]
  /** Prints the diff on stdout and writes nothing. */
  readonly dryRun?: boolean | undefined
}

/**
 * Writes edits to the project file, once they have been found to leave it valid, and the types that follow from them.
 * Gives where they stand, such as `zato.yaml:31`; undefined for a dry run.
 */
export async function applyEdits(
  context: Context,
  { edits, dryRun = false }: ApplyOptions,
): Promise<string | undefined> {
  const options = readOptionsOf(context)
  const edited = await editProject({ ...options, edits, dryRun })
  if (dryRun) {
    writeDiff(context, edited.diff)
    return undefined
  }
  const { project } = await readProject(options)
  if (project) await writeEnvTypes(project)
  return placeOf(context, edited)
}

/** Rejects if these edits would not leave the file valid; writes nothing. */
export async function checkEdits(context: Context, edits: readonly Edit[]): Promise<void> {
  await editProject({ ...readOptionsOf(context), edits, dryRun: true })
}

/** A unified diff, coloured on a screen. */
export function writeDiff({ out }: Context, diff: string): void {
  if (!out.isTTY) {
    out.write(diff)
    return
  }
  for (const line of out.data(diff).replace(/\n$/, '').split('\n')) out.line(diffStyle(line)(line))
}

function diffStyle(line: string): (text: string) => string {
  if (line.startsWith('+') && !line.startsWith('+++')) return style.green
  if (line.startsWith('-') && !line.startsWith('---')) return style.red
  return line.startsWith('@@') ? style.cyan : (text) => text
}

function placeOf({ cwd }: Context, { file, line, reprinted }: EditedProject): string {
  return `${shownPath(file, cwd)}:${line}${reprinted ? ' (laid out anew)' : ''}`
}
