// Makes dist/: the declarations of src/, its modules bundled into few files, and the JSON Schema that editors read. The old
// dist/ is replaced at the very end, so that a failed build leaves it as it was and a removed source file leaves nothing behind.
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundle } from './bundle.js'
import { buildDashboard } from './dashboard.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules/.cache')
const next = join(cache, `zato-ts-build-${process.pid}`)

mkdirSync(cache, { recursive: true })
try {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  run('The sources do not compile', tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', next)
  await bundle(root, next)
  await buildDashboard(root, join(next, 'dashboard'))
  const printSchema = `import(${JSON.stringify(pathToFileURL(join(next, 'cli.js')).href)}).then(({ runCli }) => runCli(['schema'], process))`
  writeFileSync(join(next, 'zato.schema.json'), run('The JSON Schema cannot be made', '-e', printSchema))

  rmSync(join(root, 'dist'), { recursive: true, force: true })
  renameSync(next, join(root, 'dist'))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(next, { recursive: true, force: true })
}

/** What the program prints. What goes wrong in it, it prints itself. */
function run(failure, ...args) {
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  if (status === 0) return stdout
  process.stderr.write(stdout)
  throw new Error(failure)
}
