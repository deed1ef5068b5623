import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds dist/ once before the suite, because some tests run the real binary. `ZATO_TS_SKIP_BUILD=1` takes dist/ as it is. */
export default function setup(): void {
  if (process.env.ZATO_TS_SKIP_BUILD) return
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: 'inherit' })
}
