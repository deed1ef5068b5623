import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

export interface TemporaryProject {
  /** Absolute, without symbolic links. */
  readonly dir: string
}

/** Makes a project folder from these files. It goes with the test that made it, or with the suite if a hook did. */
export async function temporaryProject(files: Readonly<Record<string, string>>): Promise<TemporaryProject> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'zato-ts-')))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  const remove = () => rm(dir, { recursive: true, force: true })
  try {
    onTestFinished(remove)
  } catch {
    afterAll(remove)
  }
  return { dir }
}
