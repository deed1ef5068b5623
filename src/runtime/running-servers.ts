import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, readFile, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ensureOwnFolder } from './own-folder.js'
import { type ProcessIdentity, isRunning, ownIdentity, readIdentity } from './process-identity.js'

/**
 * Servers of a project know of each other through files, one each, in `.zato/servers/` beside the project file. Each is
 * JSON, written in one go, and removed when its server stops. What a killed server left is removed by the next that looks.
 *
 *     {
 *       "v": 1,
 *       "pid": 4121, "machine": "laptop", "started": "8843512",
 *       "file": "/home/me/shop/zato.yaml",
 *       "url": "http://localhost:11223/", "host": "127.0.0.1", "port": 11223, "dashboard": "http://localhost:8183/",
 *       "since": 1795446707586
 *     }
 *
 * `pid`, `machine` and `started` (field 22 of /proc/PID/stat, if there is a /proc) say which process it is, `since` is in
 * milliseconds since 1970. Readers leave out records of another `v`, and ignore keys that they do not know.
 */
export interface ServerRecord extends ProcessIdentity, ServedAddress {
  /** Absolute path of the project file. */
  readonly file: string
  /** When it began to serve, in milliseconds since 1970. */
  readonly since: number
}

export interface ServedAddress {
  /** Of the channels. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Of the dashboard, if there is one, without the token that it takes. */
  readonly dashboard?: string | undefined
}

/** A server that was found, and where its record is. */
export interface FoundServer extends ServerRecord {
  readonly recordPath: string
}

const formatVersion = 1

/** The other servers of a project that run on this machine, oldest first. */
export async function findRunningServers(file: string): Promise<FoundServer[]> {
  const project = await placeOf(file)
  const folder = recordFolder(project)
  const names = await readdir(folder).catch(() => [])
  const found: FoundServer[] = []
  for (const name of names.filter((one) => /\.json(\.tmp)?$/.test(one))) {
    const record = readRecord(await readFile(join(folder, name), 'utf8').catch(() => ''))
    const runs = record && isRunning(record)
    // One that is killed while it writes its record leaves it under its first name.
    if (runs === false) await rm(join(folder, name), { force: true }).catch(() => undefined)
    if (runs && record.file === project && name.endsWith('.json')) {
      found.push({ ...record, recordPath: join(folder, name) })
    }
  }
  const { pid } = ownIdentity()
  return found.filter((record) => record.pid !== pid).sort((one, other) => one.since - other.since)
}

/** The record of a server in this process. */
export class Announcement {
  readonly #path: string
  readonly #record: Omit<ServerRecord, keyof ServedAddress>

  /** Tells other processes that this one serves a project. Undefined if its folder cannot be written: then nobody knows. */
  static async make(file: string, address: ServedAddress): Promise<Announcement | undefined> {
    const project = await placeOf(file)
    const announcement = new Announcement(project)
    try {
      await ensureOwnFolder(project)
      await mkdir(recordFolder(project), { recursive: true })
      await announcement.move(address)
      return announcement
    } catch {
      return undefined
    }
  }

  private constructor(project: string) {
    const identity = ownIdentity()
    this.#path = join(recordFolder(project), `${identity.pid}-${randomBytes(4).toString('hex')}.json`)
    this.#record = { ...identity, file: project, since: Date.now() }
  }

  /** Where the record is; what is beside it under the same name belongs to this server too. */
  get path(): string {
    return this.#path
  }

  /** It is served elsewhere from now on. */
  async move({ url, host, port, dashboard }: ServedAddress): Promise<void> {
    const text = JSON.stringify({ v: formatVersion, ...this.#record, url, host, port, dashboard }, undefined, 2)
    await writeFile(`${this.#path}.tmp`, `${text}\n`)
    await rename(`${this.#path}.tmp`, this.#path)
  }

  /** At once, because the process may be about to end. */
  withdraw(): void {
    try {
      for (const path of [this.#path, `${this.#path}.tmp`]) rmSync(path, { force: true })
    } catch {
      // Whoever looks at it next finds that the process is gone.
    }
  }
}

function recordFolder(project: string): string {
  return join(dirname(project), '.zato', 'servers')
}

/** One project has one path, however it was reached. */
async function placeOf(file: string): Promise<string> {
  return join(await realpath(dirname(file)).catch(() => dirname(file)), basename(file))
}

/** Undefined for what is no record of this version. */
function readRecord(text: string): ServerRecord | undefined {
  const value = parse(text)
  const identity = readIdentity(value)
  if (!identity) return undefined
  const { v, file, url, host, port, since, dashboard } = value as Record<string, unknown>
  if (v !== formatVersion || typeof file !== 'string' || typeof url !== 'string') return undefined
  if (typeof host !== 'string' || typeof port !== 'number' || typeof since !== 'number') return undefined
  return { ...identity, file, url, host, port, since, ...(typeof dashboard === 'string' && { dashboard }) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
