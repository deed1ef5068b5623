import { readFile, readdir } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { version } from '../../version.js'
import { projectTemplate } from './templates.js'
import { type NewFile, writeFiles } from './write-files.js'

export interface CreateProjectOptions {
  /** Folder of the new project; made if it is absent. */
  readonly dir: string
  /** Whether files in the way are replaced. */
  readonly force?: boolean | undefined
}

export interface CreatedProject {
  /** Absolute. */
  readonly dir: string
  /** Paths below `dir`, with `/`, in alphabetical order. */
  readonly files: string[]
}

/**
 * Makes a project that works offline as it stands, all of it or nothing.
 *
 * @throws UsageError ZU006 that lists the files in the way
 * @throws ZatoError ZU007 when a file cannot be written
 */
export async function createProject({ dir, force }: CreateProjectOptions): Promise<CreatedProject> {
  const target = resolve(dir)
  const files = (await readTemplate()).map((file) => finish(file, packageName(basename(target))))
  const hint = force
    ? 'move them away, or choose another folder'
    : 'choose another folder, or replace them with --force'
  await writeFiles(files, { dir: target, force, hint })
  return { dir: target, files: files.map((file) => file.path).sort() }
}

/**
 * Files whose own name would mean something where the template lies: npm leaves every `.gitignore` out of a package,
 * and a package.json there would cut the template off from the package that its services import.
 */
const storedNames: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'package.template.json': 'package.json',
}

/** What the template calls itself, in package.json and README.md. */
const templateName = 'zato-project'

/** What running the template in place leaves in it. */
const leftovers = new Set(['node_modules', '.zato', '.env', '.env.local'])

async function readTemplate(): Promise<NewFile[]> {
  const entries = await readdir(projectTemplate, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectTemplate, join(entry.parentPath, entry.name)).split(sep))
    .filter((parts) => !parts.some((part) => leftovers.has(part)))
    .map((parts) => parts.join('/'))
    .sort()
  return Promise.all(
    paths.map(async (path) => ({ path, content: await readFile(join(projectTemplate, path), 'utf8') })),
  )
}

function finish({ path, content }: NewFile, name: string): NewFile {
  const stored = storedNames[path] ?? path
  const named = String(content).replaceAll(templateName, name)
  return { path: stored, content: stored === 'package.json' ? dependOnThisVersion(named) : named }
}

function dependOnThisVersion(text: string): string {
  const manifest = JSON.parse(text) as { dependencies: Record<string, string> }
  manifest.dependencies['zato-ts'] = `^${version}`
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

/**
 * The name of a folder as npm accepts it.
 *
 * @example packageName('My Shop') // 'my-shop'
 */
export function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[-]+$/g, '')
    .slice(0, 214)
  return name || templateName
}
