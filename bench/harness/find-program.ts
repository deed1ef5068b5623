import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { UserError } from './user-error.js'

/** Where nginx is installed, which is not on everybody's PATH. */
const furtherFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin']

/**
 * The path of a program without which there is nothing to measure.
 *
 * @throws UserError that says how to install it
 */
export function requireProgram(name: string, packageName = name): string {
  const path = findProgram(name)
  if (path !== undefined) return path
  throw new UserError(`The bench needs ${name}, which is not installed: apt-get install ${packageName}`)
}

/** The nginx that is the upstream, and the wrk that is the load. */
export const requireNginx = () => requireProgram('nginx', 'nginx-light')
export const requireWrk = () => requireProgram('wrk')

/** The path of an installed program. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':').filter((folder) => folder !== ''), ...furtherFolders]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
