import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { benchFolder, rootFolder } from './folders.js'
import { undoAtExit } from './undo.js'

/**
 * Makes a program of `inside/` that Node can run. It uses modules of src/, which dist/ does not hold one by one; like those of
 * dist/ they are bundled, and lie where the packages are found that they import.
 *
 * @returns its path
 */
export async function bundleInside(name: string): Promise<string> {
  const folder = join(rootFolder, 'node_modules/.cache', `zato-ts-bench-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  undoAtExit(() => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, `${name}.mjs`)
  await build({
    entryPoints: [join(benchFolder, 'inside', `${name}.ts`)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'silent',
  })
  return outfile
}
