import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { readWaitedCpuMs } from './process-tree.js'
import { type Command, environment } from './programs.js'
import { undoAtExit } from './undo.js'

export interface Ended {
  /** From its start to its end. */
  readonly ms: number
  /** User and system time of it and of what it waited for; the clock of the kernel moves in steps of 10. */
  readonly cpuMs: number
  readonly stdout: string
}

/**
 * Runs a program to its end. Nothing else that this process started may end meanwhile, or its CPU time would be counted too.
 *
 * @throws Error if it does not end with 0
 */
export async function runToEnd({ file, args, cwd, env }: Command): Promise<Ended> {
  const cpuBefore = readWaitedCpuMs()
  const startedAt = performance.now()
  const child = spawn(file, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const forget = undoAtExit(() => child.kill('SIGKILL'))
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await once(child, 'exit')) as [number | null]
  const ms = performance.now() - startedAt
  forget()
  const [stdout, stderr] = await output
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return { ms, cpuMs: readWaitedCpuMs() - cpuBefore, stdout }
}
