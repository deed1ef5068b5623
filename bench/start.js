// Prepares what the bench needs, the built product and the installed peers, and runs one of its programs: `node start.js main.ts`.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const bench = import.meta.dirname
const root = dirname(bench)
const [, , program] = process.argv

const installed = join(bench, 'node_modules/.package-lock.json')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(bench, 'package-lock.json')).mtimeMs) {
  // Not "ci": it refuses a lock file that leaves out packages for other systems.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], bench)
}
if (!process.env.ZATO_TS_SKIP_BUILD) run(process.execPath, ['scripts/build.js'], root)

// In this very process, so that a signal that ends it is one that the program hears of.
const { register } = await import('tsx/esm/api')
register()
process.argv.splice(2, 1)
await import(pathToFileURL(join(bench, program)).href)

function run(file, argv, cwd) {
  const { status, error } = spawnSync(file, argv, { cwd, stdio: 'inherit' })
  if (error) console.error(`"${file}" cannot be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}
