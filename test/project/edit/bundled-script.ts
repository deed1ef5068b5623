import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A script of this folder as one file that any Node runs, in a process that may be killed or be another user's. */
export interface BundledScript {
  start(args: readonly string[], options?: { uid: number; gid: number }): ChildProcess
  /** Runs it to its end; resolves to what it printed. */
  run(args: readonly string[], options?: { uid: number; gid: number }): Promise<string>
  remove(): Promise<void>
}

export async function bundleScript(name: string): Promise<BundledScript> {
  const dir = await mkdtemp(join(tmpdir(), 'bundled-script-'))
  await chmod(dir, 0o755)
  const outfile = join(dir, `${name}.cjs`)
  const entry = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
  const start: BundledScript['start'] = (args, options) =>
    spawn(process.execPath, [outfile, ...args], { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  return {
    start,
    async run(args, options) {
      const child = start(args, options)
      let printed = ''
      child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
      await new Promise((resolve) => child.once('close', resolve))
      return printed
    },
    remove: () => rm(dir, { recursive: true }),
  }
}
