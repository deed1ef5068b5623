import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UsageError } from '../errors.js'

/**
 * The project file: the one that is named, else the nearest zato.yaml, from the working directory upwards.
 *
 * @throws UsageError ZU002 if there is none
 */
export function findProjectFile({ cwd, file }: { cwd: string; file?: string | undefined }): string {
  if (file !== undefined) return namedFile(resolve(cwd, file))
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const candidate = join(folder, 'zato.yaml')
    if (isFile(candidate)) return candidate
    if (dirname(folder) === folder) break
  }
  throw new UsageError('ZU002', `No zato.yaml in "${cwd}" or above it`, {
    hint: '"zato-ts init" creates a project; -c FILE names another file',
  })
}

function namedFile(path: string): string {
  if (isFile(path)) return path
  if (isFile(join(path, 'zato.yaml'))) return join(path, 'zato.yaml')
  throw new UsageError('ZU002', `There is no project file "${path}"`, { hint: 'check what -c or ZATO_TS_CONFIG says' })
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Not there, a circle of links, or a folder that may not be looked into: the search goes on above it.
    return false
  }
}
