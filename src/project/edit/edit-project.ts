import { basename, dirname, relative, sep } from 'node:path'
import { UsageError, ZatoError } from '../../errors.js'
import { type Redactor, redactorOf } from '../../redact.js'
import { targetOf, writeAtomically } from '../atomic.js'
import { shownLines } from '../files.js'
import { type Problem, ProjectError } from '../problem.js'
import { type ReadOptions, readProject } from '../read.js'
import { unifiedDiff } from './diff.js'
import { type Edit, type EditedText, editText } from './edit.js'
import { readText } from './file-text.js'
import { fileOfEdits } from './item-file.js'
import { withLock } from './lock.js'

export interface EditProjectOptions extends ReadOptions {
  readonly edits: readonly Edit[]
  /** Finds out what would be written, and writes nothing. */
  readonly dryRun?: boolean | undefined
  /** What the files must still hold, by absolute path; those that are not named may hold anything. */
  readonly expected?: ReadonlyMap<string, string> | undefined
}

export interface EditedProject {
  /** Absolute path of the file that holds the item: zato.yaml, or one that it includes. */
  readonly file: string
  readonly before: string
  readonly after: string
  /** Unified diff, with the secrets in it hidden; empty if nothing changes. */
  readonly diff: string
  /** From 1: where the last edit stands in the new text. */
  readonly line: number
  /** Whether the file was laid out anew. */
  readonly reprinted: boolean
}

/**
 * Edits the project file, all edits or none: under a lock, checked before it is written, and written so that a crash
 * leaves the old file or the new one.
 *
 * @throws ProjectError for a file that does not parse, and for problems that the edits would add
 * @throws UsageError ZU001 for edits in more than one file; ZU003 and ZU008 as `editText` does
 * @throws ZatoError ZU005 while another process edits the file, ZU007 if it cannot be written
 */
export async function editProject({
  edits,
  dryRun = false,
  expected,
  ...options
}: EditProjectOptions): Promise<EditedProject> {
  const text = await readText(options.file)
  const read = await readProject(withText(options, options.file, text))
  const file = await fileOfEdits(edits, read, options)
  const redactor = redactorOf(read.project)
  const task = {
    file,
    edits,
    options,
    redactor,
    expected: expected?.get(file),
    known: { file: options.file, text, problems: read.problems },
  }
  if (dryRun) return prepare(task)
  return withLock({ file: await targetOf(file) }, async () => {
    const edited = await prepare(task)
    const { before, after } = edited
    if (after !== before) await writeAtomically({ file, text: after, expected: before })
    return edited
  })
}

interface Task {
  readonly file: string
  readonly edits: readonly Edit[]
  readonly options: ReadOptions
  readonly redactor: Redactor
  readonly expected: string | undefined
  /** What has been read already. */
  readonly known: { readonly file: string; readonly text: string; readonly problems: readonly Problem[] }
}

/** What the edits make of the file as it is now, found to be no worse than before. */
async function prepare({ file, edits, options, redactor, expected, known }: Task): Promise<EditedProject> {
  const before = await readText(file)
  if (expected !== undefined && before !== expected) {
    throw new ZatoError('ZU005', `"${file}" was changed meanwhile`, { hint: 'look at what it says now' })
  }
  const isKnown = file === known.file && before === known.text
  const was = isKnown ? known.problems : (await readProject(withText(options, file, before))).problems
  const {
    text: after,
    line,
    reprinted,
  } = editOrRefuse(
    before,
    edits,
    was.filter((problem) => problem.file === file),
  )
  if (after !== before) refuseNewProblems(was, (await readProject(withText(options, file, after))).problems)
  const diff = unifiedDiff(before, after, {
    name: shownName(options.file, file),
    shownLines: (text) => shownLines(text, redactor),
  })
  return { file, before, after, diff, line, reprinted }
}

function withText(options: ReadOptions, file: string, text: string): ReadOptions {
  return { ...options, texts: new Map([...(options.texts ?? []), [file, text]]) }
}

/** For a text that does not parse, the problems of the file say where and why better than one error can. */
function editOrRefuse(text: string, edits: readonly Edit[], problems: readonly Problem[]): EditedText {
  try {
    return editText(text, edits)
  } catch (error) {
    const isSyntax = error instanceof UsageError && error.code.startsWith('ZC0')
    const found = problems.filter(({ code, severity }) => severity === 'error' && code.startsWith('ZC0'))
    throw isSyntax && found.length > 0 ? new ProjectError(found) : error
  }
}

/** Problems that were there before are not the edit's fault, and must not keep anybody from mending them one by one. */
function refuseNewProblems(was: readonly Problem[], now: readonly Problem[]): void {
  const known = was.filter(isBlocking).map(identity)
  const fresh = now.filter(isBlocking).filter((problem) => {
    const index = known.indexOf(identity(problem))
    if (index !== -1) known.splice(index, 1)
    return index === -1
  })
  if (fresh.length > 0) throw new ProjectError(fresh)
}

function isBlocking({ severity, scope }: Problem): boolean {
  return severity === 'error' && scope === 'project'
}

/** What a problem is, wherever the edit has moved it to. */
function identity({ code, file, message }: Problem): string {
  return JSON.stringify([code, file, message.replace(/\b(line |:)\d+(:\d+)?/g, '$1')])
}

/** The path from the project's folder, as a diff names files. */
function shownName(projectFile: string, file: string): string {
  const path = relative(dirname(projectFile), file)
  return path.startsWith('..') ? basename(file) : path.replaceAll(sep, '/')
}
