// Compiles src/ to dist/, and writes the JSON Schema that editors read beside it. The old dist/ is replaced at the very
// end, so that a failed build leaves it as it was and a removed source file leaves nothing behind.
import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules/.cache')
const next = join(cache, `zato-ts-build-${process.pid}`)

mkdirSync(cache, { recursive: true })
try {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', next], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('The sources do not compile')

  const { projectJsonSchema } = await import(pathToFileURL(join(next, 'project/json-schema.js')).href)
  writeFileSync(join(next, 'zato.schema.json'), `${JSON.stringify(projectJsonSchema(), null, 2)}\n`)

  rmSync(join(root, 'dist'), { recursive: true, force: true })
  renameSync(next, join(root, 'dist'))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(next, { recursive: true, force: true })
}
