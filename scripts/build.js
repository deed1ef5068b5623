// Compiles src/ to dist/ from scratch, so that a removed source file leaves nothing behind, and writes the JSON Schema
// that editors read beside it.
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}/dist`, { recursive: true, force: true })
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })

const { projectJsonSchema } = await import('../dist/project/json-schema.js')
writeFileSync(`${root}/dist/zato.schema.json`, `${JSON.stringify(projectJsonSchema(), null, 2)}\n`)
