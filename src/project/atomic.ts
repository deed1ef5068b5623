import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  type FileHandle,
  access,
  lstat,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ZatoError } from '../errors.js'

export interface AtomicWrite {
  readonly file: string
  readonly text: string
  /** What the file must still hold; undefined if it must still be absent, left out if it may be anything. */
  readonly expected?: string | undefined
  /** Permissions of a file that is made; one that exists keeps its own. */
  readonly mode?: number
}

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one, whole. Mode and owner stay, and a
 * symbolic link is written through to its target.
 *
 * @throws ZatoError ZU005 if the file no longer holds what was expected
 * @throws ZatoError ZU007 that names the file and the reason; the file is then as it was
 */
export async function writeAtomically(write: AtomicWrite): Promise<void> {
  try {
    await replace(await targetOf(write.file), write)
  } catch (error) {
    throw notWritten(write.file, error)
  }
}

/**
 * The file that a path stands for: the end of its symbolic links, whether or not that exists.
 *
 * @throws ZatoError ZU007 if its folder does not
 */
export async function targetOf(file: string): Promise<string> {
  try {
    return await follow(file)
  } catch (error) {
    throw notWritten(file, error)
  }
}

async function follow(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch (error) {
    ignoreAbsent(error)
    const link = await readlink(file).catch(() => undefined)
    return link === undefined
      ? join(await realpath(dirname(file)), basename(file))
      : follow(resolve(dirname(file), link))
  }
}

async function replace(target: string, write: AtomicWrite): Promise<void> {
  const old = await stat(target).catch(ignoreAbsent)
  if (old && !old.isFile()) throw new ZatoError('ZU007', `Could not write "${write.file}": it is no regular file`)
  // A rename needs no permission to write the file itself, but whoever took that away meant it.
  if (old) await access(target, constants.W_OK)
  await removeLeftovers(target)
  const temporary = temporaryName(target)
  try {
    await writeNew(temporary, write, old)
    if ('expected' in write) await requireUnchanged(target, write.expected)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(target))
}

interface Owned {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

async function writeNew(path: string, { text, mode = 0o666 }: AtomicWrite, old: Owned | undefined): Promise<void> {
  const handle = await open(path, 'wx', old ? 0o600 : mode)
  try {
    await handle.writeFile(text)
    if (old) await takeOver(handle, old)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Only root may give a file away: where it is not allowed, the writer becomes the owner, as with most editors. */
async function takeOver(handle: FileHandle, { mode, uid, gid }: Owned): Promise<void> {
  const own = await handle.stat()
  if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid).catch(() => undefined)
  await handle.chmod(mode & 0o7777)
}

async function requireUnchanged(target: string, expected: string | undefined): Promise<void> {
  const now = await readFile(target, 'utf8').catch(ignoreAbsent)
  if (now === expected) return
  throw new ZatoError('ZU005', `"${target}" was changed meanwhile`, { hint: 'run the command again' })
}

/** Git ignores nothing by this name, but nobody takes it for a file of the project. */
function temporaryName(target: string): string {
  return join(dirname(target), `${temporaryPrefix(target)}${randomBytes(6).toString('hex')}.tmp`)
}

/** Names are cut, so that the longest possible one can have a temporary file too. */
function temporaryPrefix(target: string): string {
  return `.${basename(target).slice(0, 60)}.`
}

/** What a killed writer left behind, if it is so old that nobody is still at it. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = temporaryPrefix(target)
  const names = (await readdir(dirname(target))).filter(
    (name) => name.startsWith(prefix) && /\.[0-9a-f]{12}\.tmp$/.test(name),
  )
  for (const name of names) {
    const path = join(dirname(target), name)
    const stats = await lstat(path).catch(ignoreAbsent)
    if (stats && Date.now() - stats.mtimeMs > 60_000) await rm(path, { force: true })
  }
}

/** Makes the rename last through a power cut, where folders can be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

function notWritten(file: string, thrown: unknown): ZatoError {
  if (thrown instanceof ZatoError) return thrown
  const error = thrown as NodeJS.ErrnoException
  const reason = error.message.replace(/, \w+( '.*)?$/, '')
  return new ZatoError('ZU007', `Could not write "${file}": ${reason}`, {
    cause: error,
    hint: hints[error.code ?? ''] ?? 'the file is as it was',
  })
}

const hints: Readonly<Record<string, string>> = {
  EACCES: 'check the permissions of the file and its folder',
  EPERM: 'check the permissions of the file and its folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'free some space and try again; the file is as it was',
  EDQUOT: 'free some space and try again; the file is as it was',
}

function ignoreAbsent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
