import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../errors.js'

export interface TypesChecked {
  readonly ok: boolean
  /** What tsc printed. */
  readonly output: string
}

/**
 * Runs the TypeScript compiler that the project itself has installed.
 *
 * @throws UsageError ZU001 if it has none
 */
export async function runProjectTsc(root: string, signal: AbortSignal): Promise<TypesChecked> {
  const tsc = findTsc(root)
  if (tsc === undefined) {
    throw new UsageError('ZU001', 'The project has no TypeScript compiler', {
      hint: 'npm install --save-dev typescript',
    })
  }
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tsc, '--noEmit'],
      { cwd: root, signal, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(new Error(error.message))
        else resolve({ ok: error === null, output: stdout + stderr })
      },
    )
  })
}

/** The nearest one upwards, so that a workspace's counts too. */
function findTsc(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', 'typescript', 'bin', 'tsc')
    if (existsSync(file)) return file
    if (folder === dirname(folder)) return undefined
  }
}
