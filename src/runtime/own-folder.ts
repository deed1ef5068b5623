import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The folder beside the project file that is the program's own: `.zato`. Made if it is absent, and ignored by git. */
export async function ensureOwnFolder(projectFile: string): Promise<string> {
  const folder = join(dirname(projectFile), '.zato')
  await mkdir(folder, { recursive: true })
  // Projects that `init` did not make may not know of the folder.
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined)
  return folder
}
