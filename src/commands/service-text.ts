import { readFile, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Project } from '../project/project.js'

/** Files of services in whose text a name stands in quotes, relative to the project. */
export async function servicesThatName({ root, server }: Project, name: string): Promise<string[]> {
  const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``]
  const entries = await readdir(server.services, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries
    .filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  const found: string[] = []
  for (const file of files.filter((path) => !path.includes('node_modules')).sort()) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (quoted.some((spelling) => text.includes(spelling))) found.push(relative(root, file))
  }
  return found
}
