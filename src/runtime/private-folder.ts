import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PrivateFolder {
  readonly path: string
  remove(): Promise<void>
}

/** A new folder for what must be a file for a moment. Only this user can enter it. */
export async function createPrivateFolder(): Promise<PrivateFolder> {
  const path = await mkdtemp(join(tmpdir(), 'zato-ts-services-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
