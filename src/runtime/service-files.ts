import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** Which files below the services folder are services, and what they are called. */

const extension = /\.(ts|mts|js|mjs)$/
const test = /\.(test|spec)\.[^.]+$/
const declaration = /\.d\.[^.]+$/

/** Whether a file of this name may hold services: source code, but no test, declaration or hidden file. */
function isServiceFile(name: string): boolean {
  return extension.test(name) && !test.test(name) && !declaration.test(name) && !name.startsWith('.')
}

/** Whether a folder of this name may hold services, or anything else of the project's own. */
export function isSourceFolder(name: string): boolean {
  return name !== 'node_modules' && name !== '__tests__' && !name.startsWith('.')
}

/** `<folder>/billing/get-invoice.ts` → `billing/get-invoice` */
export function moduleName(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/').replace(extension, '')
}

/** Absolute paths of the service files below `folder`, sorted; none if there is no such folder. */
export async function findServiceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(entries.map((entry) => filesOf(entry, join(folder, entry.name))))
  return found.flat().sort()
}

async function filesOf(entry: Dirent, path: string): Promise<string[]> {
  if (entry.isDirectory()) return isSourceFolder(entry.name) ? findServiceFiles(path) : []
  if (!isServiceFile(entry.name)) return []
  return entry.isFile() || (await isLinkedFile(path)) ? [path] : []
}

async function isLinkedFile(path: string): Promise<boolean> {
  const target = await stat(path).catch(() => undefined)
  return target?.isFile() ?? false
}
