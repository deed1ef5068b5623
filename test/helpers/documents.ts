import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Document {
  /** Its path from the root of the repository: `docs/connections.md`. */
  readonly path: string
  readonly text: string
}

/** What people read of the project: the documents at its root, those of the benchmarks and of a new project, and docs/. */
export function documents(): Document[] {
  const below = readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  const single = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md', 'templates/project/README.md']
  return [...single, ...below.sort()].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}
