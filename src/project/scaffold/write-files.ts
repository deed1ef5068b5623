import { lstat, mkdir, open, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { UsageError, ZatoError } from '../../errors.js'

/** A file to write: path below the folder, with `/`, and its content. */
export interface NewFile {
  readonly path: string
  readonly content: string | Uint8Array
}

export interface WriteFilesOptions {
  /** Absolute; made if it is absent. */
  readonly dir: string
  /** Whether files that exist are replaced. */
  readonly force?: boolean | undefined
  /** What to do about files in the way. */
  readonly hint: string
}

/**
 * Writes all the files or none: a failure undoes what was written before it.
 *
 * @throws UsageError ZU006 that lists the files in the way, before anything is written
 * @throws ZatoError ZU007 when a file cannot be written
 */
export async function writeFiles(files: readonly NewFile[], options: WriteFilesOptions): Promise<void> {
  const { dir, force = false, hint } = options
  const undo: Undo[] = []
  try {
    const inTheWay = await findInTheWay(files, { dir, force })
    if (inTheWay.length > 0) throw inTheWayError(inTheWay, { dir, hint })
    for (const file of files) await writeOne(file, { dir, force }, undo)
  } catch (error) {
    const left = await undoAll(undo)
    throw error instanceof UsageError ? error : notWritten(error, left)
  }
}

interface Undo {
  readonly path: string
  readonly run: () => Promise<void>
}

async function writeOne(file: NewFile, { dir, force }: { dir: string; force: boolean }, undo: Undo[]): Promise<void> {
  const path = join(dir, file.path)
  await makeFolder(dirname(path), undo)
  const before = force ? await contentOf(path) : undefined
  // `wx` refuses a file that came into being meanwhile; what is undone is only what was opened here.
  const handle = await open(path, before ? 'w' : 'wx')
  undo.push({ path, run: before ? () => writeFile(path, before) : () => rm(path, { force: true }) })
  try {
    await handle.writeFile(file.content)
  } finally {
    await handle.close()
  }
}

/** Makes a folder and those above it, one by one, so that each can be undone. */
async function makeFolder(path: string, undo: Undo[]): Promise<void> {
  if (!(await isAbsent(path))) return
  await makeFolder(dirname(path), undo)
  // What another process was quicker to make is not ours to undo.
  if (await mkdir(path).then(() => true, ignorePresent)) undo.push({ path, run: () => rmdir(path) })
}

/** Undoes from the last to the first; returns what could not be undone. */
async function undoAll(undo: readonly Undo[]): Promise<string[]> {
  const left: string[] = []
  for (const { path, run } of undo.toReversed()) await run().catch(() => left.push(path))
  return left
}

async function findInTheWay(
  files: readonly NewFile[],
  { dir, force }: { dir: string; force: boolean },
): Promise<string[]> {
  const found = new Set<string>()
  for (const file of files) {
    const obstacle = await obstacleTo(join(dir, file.path), force)
    if (obstacle !== undefined) found.add(obstacle)
  }
  return [...found]
}

/** What keeps a file from being written: itself (unless it may be replaced), or a file where one of its folders must be. */
async function obstacleTo(path: string, force: boolean): Promise<string | undefined> {
  const stats = await lstat(path).catch(ignoreAbsent)
  if (stats) return force && stats.isFile() ? undefined : path
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const above = await lstat(folder).catch(ignoreAbsent)
    if (above) return above.isFile() ? folder : undefined
  }
  return undefined
}

function inTheWayError(paths: readonly string[], { dir, hint }: { dir: string; hint: string }): UsageError {
  const names = paths.map((path) => `"${path.startsWith(join(dir, sep)) ? relative(dir, path) : path}"`).join(', ')
  const what = paths.length === 1 ? 'A file is' : 'Files are'
  return new UsageError('ZU006', `${what} in the way in "${dir}": ${names}`, { hint })
}

function notWritten(error: unknown, left: readonly string[]): ZatoError {
  const reason = error instanceof Error ? error.message : String(error)
  const state =
    left.length > 0 ? `these remain: ${left.map((path) => `"${path}"`).join(', ')}` : 'nothing was left behind'
  return new ZatoError('ZU007', `A file could not be written: ${reason}`, { cause: error, hint: state })
}

async function isAbsent(path: string): Promise<boolean> {
  return (await lstat(path).catch(ignoreAbsent)) === undefined
}

async function contentOf(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch(ignoreAbsent)
}

/** ENOTDIR: a file stands where a folder of the path would. */
function ignoreAbsent(error: unknown): undefined {
  if (!hasCode(error, ['ENOENT', 'ENOTDIR'])) throw error
}

function ignorePresent(error: unknown): undefined {
  if (!hasCode(error, ['EEXIST'])) throw error
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '')
}
