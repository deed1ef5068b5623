import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning, ownIdentity, readIdentity } from './process-identity.js'

export interface PrivateFolder {
  readonly path: string
  remove(): Promise<void>
}

const prefix = 'zato-ts-services-'

/** Says whose folder it is. */
const ownerFile = 'owner.json'

/** A new folder for what must be a file for a moment. Only this user can enter it. */
export async function createPrivateFolder(): Promise<PrivateFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix))
  await writeFile(join(path, ownerFile), JSON.stringify(ownIdentity()))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Removes what processes left behind that were killed, together with all that could tidy up after them. Never rejects. */
export async function removeLeftFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const path = join(tmpdir(), name)
    const owner = await readOwner(path)
    if (owner && isRunning(owner) === false) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function readOwner(folder: string) {
  try {
    return readIdentity(JSON.parse(await readFile(join(folder, ownerFile), 'utf8')))
  } catch {
    return undefined
  }
}
