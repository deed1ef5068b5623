import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { undoAtExit } from './undo.js'

let root: string | undefined

/** A new folder that goes when the run ends. */
export function makeFolder(name: string): string {
  return mkdtempSync(join(runFolder(), `${name}-`))
}

/** Short, because the path of a unix socket that is made in it may have no more than about a hundred bytes. */
function runFolder(): string {
  if (root === undefined) {
    const path = realpathSync(mkdtempSync(join(tmpdir(), 'ztb-')))
    undoAtExit(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }))
    root = path
  }
  return root
}

/** Where the measured programs put what is temporary to them. */
export function temporaryFolder(): string {
  const path = join(runFolder(), 't')
  mkdirSync(path, { recursive: true })
  return path
}
