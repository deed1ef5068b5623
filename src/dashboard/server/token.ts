import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { platform } from 'node:process'
import { writeAtomically } from '../../project/atomic.js'
import { ensureOwnFolder } from '../../runtime/own-folder.js'

/** Where the token of a project's dashboard is kept, so that bookmarks and commands go on working after a restart. */
export function tokenFileOf(projectFile: string): string {
  return join(dirname(projectFile), '.zato', 'dev-token')
}

/**
 * The token that is kept, or a new one; none other than the owner of the file can read it.
 *
 * @throws ZatoError ZU007 if it cannot be written
 */
export async function keptToken(projectFile: string): Promise<string> {
  return (await readToken(tokenFileOf(projectFile))) ?? rotateToken(projectFile)
}

/**
 * Replaces the token: links and pages that have the old one are locked out at once, of a running server too.
 *
 * @throws ZatoError ZU007 if it cannot be written
 */
export async function rotateToken(projectFile: string): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  const file = tokenFileOf(projectFile)
  await ensureOwnFolder(projectFile)
  // One that exists would keep its mode, and a link would be followed.
  await rm(file, { force: true })
  await writeAtomically({ file, text: `${token}\n`, mode: 0o600 })
  return token
}

/** Undefined for a file that is absent, holds no token, or can be read by others. */
async function readToken(file: string): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined)
  if (!stats?.isFile() || (platform !== 'win32' && (stats.mode & 0o077) !== 0)) return undefined
  const text = (await readFile(file, 'utf8').catch(() => '')).trim()
  return /^[\w-]{32}$/.test(text) ? text : undefined
}

/** Tells whether a request knows the token. A rotated one counts from the next request on. */
export class TokenCheck {
  readonly #file: string
  #token: string
  /** Of the file, when the token was read from it. */
  #version: string | undefined

  constructor(projectFile: string, token: string) {
    this.#file = tokenFileOf(projectFile)
    this.#token = token
  }

  get token(): string {
    return this.#token
  }

  async accepts(given: string): Promise<boolean> {
    await this.#refresh()
    return timingSafeEqual(digest(given), digest(this.#token))
  }

  /** A file that is gone or unusable changes nothing. */
  async #refresh(): Promise<void> {
    const stats = await stat(this.#file).catch(() => undefined)
    const version = stats && `${stats.ino} ${stats.mtimeMs}`
    if (version === undefined || version === this.#version) return
    this.#version = version
    this.#token = (await readToken(this.#file)) ?? this.#token
  }
}

/** Of one length whatever the text, so that comparing takes the same time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
