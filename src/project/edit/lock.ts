import { randomUUID } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { kill, pid } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { ZatoError } from '../../errors.js'

/** A lock older than this is nobody's: an edit takes milliseconds. */
const oldest = 30_000

/** How often a lock that is held is asked for again, in milliseconds. */
const pollInterval = 20

export interface LockOptions {
  /** The file to keep other writers from; the lock lies beside it. */
  readonly file: string
  /** How long to wait for another writer, in milliseconds. */
  readonly patience?: number
}

/**
 * Runs a task while no other writer of the file does, in this process or another. A lock that a dead process left is
 * taken over.
 *
 * @throws ZatoError ZU005 if the other writer does not come to an end
 * @throws ZatoError ZU007 if the lock cannot be made
 */
export async function withLock<T>({ file, patience = 2_000 }: LockOptions, task: () => Promise<T>): Promise<T> {
  const lock = join(dirname(file), `.${basename(file).slice(0, 60)}.lock`)
  const own = await acquire(lock, { file, until: Date.now() + patience })
  try {
    return await task()
  } finally {
    await release(lock, own)
  }
}

interface Wish {
  readonly file: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/** Makes the lock file, whose content says who holds it; returns that content. */
async function acquire(lock: string, wish: Wish): Promise<string> {
  const own = `${pid} ${hostname()} ${randomUUID()}\n`
  for (;;) {
    if (await create(lock, own, wish)) return own
    const holder = await holderOf(lock)
    if (holder?.isStale) await takeAway(lock, holder.content, wish)
    else if (Date.now() > wish.until) throw heldError(wish.file, lock, holder?.content)
    else await wait(pollInterval)
  }
}

async function create(lock: string, content: string, { file }: Wish): Promise<boolean> {
  try {
    await writeFile(lock, content, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    const { message } = error as Error
    throw new ZatoError('ZU007', `Could not write "${file}": its lock cannot be made: ${message}`, {
      cause: error,
      hint: 'check the permissions of the folder',
    })
  }
}

/**
 * Removes a stale lock. Two processes that both found it stale must not remove it twice, the second time from whoever
 * holds it by then: so this needs a lock of its own, under which the holder is looked at again.
 */
async function takeAway(lock: string, content: string, wish: Wish): Promise<void> {
  const guard = `${lock}.stale`
  const own = await acquire(guard, wish)
  try {
    if ((await contentOf(lock)) === content) await rm(lock, { force: true })
  } finally {
    await release(guard, own)
  }
}

/** Removes the lock, unless it was taken over because this took all too long. */
async function release(lock: string, own: string): Promise<void> {
  if ((await contentOf(lock)) === own) await rm(lock, { force: true })
}

interface Holder {
  readonly content: string
  readonly isStale: boolean
}

async function holderOf(lock: string): Promise<Holder | undefined> {
  const content = await contentOf(lock)
  const stats = await stat(lock).catch(() => undefined)
  if (content === undefined || !stats) return undefined
  const [holder, host] = content.split(' ')
  const age = Date.now() - stats.mtimeMs
  // Without its content the lock is being made, or its maker was killed over it.
  if (!host) return { content, isStale: age > 1_000 }
  return { content, isStale: age > oldest || (host === hostname() && !isAlive(Number(holder))) }
}

/** EPERM: it is alive, and somebody else's. */
function isAlive(process: number): boolean {
  try {
    return kill(process, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function contentOf(lock: string): Promise<string | undefined> {
  return readFile(lock, 'utf8').catch(() => undefined)
}

function heldError(file: string, lock: string, content = ''): ZatoError {
  const [holder = ''] = content.split(' ')
  const by = /^\d+$/.test(holder) ? `process ${holder}` : 'another process'
  return new ZatoError('ZU005', `"${file}" is being edited by ${by}`, { hint: `try again; its lock is "${lock}"` })
}
