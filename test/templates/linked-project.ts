import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createProject } from '../../src/project/scaffold/create-project.js'

const run = promisify(execFile)

/** The package, with dist/ built. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url))

export interface LinkedProject {
  readonly dir: string
  /** The project's own tsc: what it reports, empty if it has nothing to say. */
  typeCheck(): Promise<string>
  remove(): Promise<void>
}

/** A generated project whose node_modules link to this package and its @types, as after `npm install`. */
export async function createLinkedProject(): Promise<LinkedProject> {
  const root = await mkdtemp(join(tmpdir(), 'zato-ts-template-'))
  const { dir } = await createProject({ dir: join(root, 'shop') })
  await link(packageRoot, join(dir, 'node_modules/zato-ts'))
  await link(join(packageRoot, 'node_modules/@types/node'), join(dir, 'node_modules/@types/node'))
  return {
    dir,
    typeCheck: () => runTsc(dir),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path, 'dir')
}

async function runTsc(dir: string): Promise<string> {
  const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc')
  try {
    const { stdout } = await run(process.execPath, [tsc, '--pretty', 'false'], { cwd: dir })
    return stdout
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}
