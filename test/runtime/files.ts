import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder for the length of one test. */
export async function plainFolder(prefix = 'zato-ts-test-'): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), prefix)))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A new folder with these files, for the length of one test. Its name holds what is special in addresses. */
export async function temporaryFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await plainFolder('zato ts-#%20')
  for (const [path, text] of Object.entries(files)) await write(join(folder, path), text)
  return folder
}

/** Writes a file, and the folders on the way to it. */
export async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
