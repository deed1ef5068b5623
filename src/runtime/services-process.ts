import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { kill, platform } from 'node:process'
import type { Project } from '../project/project.js'
import { startSignature } from './environment.js'
import { runtimeFile } from './package-files.js'

const megabyte = 1024 * 1024

/** Why a process ended; neither a code nor a signal if it did not start. */
export interface ProcessExit {
  /** `exited with code 3`, `was ended by SIGKILL`. */
  readonly text: string
  /** It ended itself, or crashed: nobody ended it from outside. */
  readonly isOwn: boolean
}

/** Starts a process that waits for services. A folder that only this user can enter is all that it leaves traces in. */
export function startServicesProcess(project: Project, folder: string): ChildProcess {
  const memory = Math.ceil(project.server.maxMemory / megabyte)
  const args = ['--enable-source-maps', `--max-old-space-size=${memory}`, runtimeFile('child.js'), folder]
  const child = spawn(process.execPath, args, {
    env: project.environment,
    // A group of its own, so that what its services have started can be ended with it.
    detached: platform !== 'win32',
    // Output, output, messages, and the lifeline that the guard watches.
    stdio: ['ignore', 'pipe', 'pipe', 'overlapped', 'overlapped'],
    windowsHide: true,
  })
  return child.once('exit', () => endGroup(child))
}

/** Ends what the services started and did not end, such as the command that an `execSync` was waiting for. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined || platform === 'win32') return
  try {
    kill(-pid, 'SIGKILL')
  } catch {
    // There was nothing left, as it should be.
  }
}

/** Projects with one signature can be loaded into one process: what was settled at its start is the same. */
export function processSignature({ environment, server }: Project): string {
  return `${server.maxMemory} ${startSignature(environment)}`
}

const sentFromOutside = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])

export async function exitOf(child: ChildProcess): Promise<ProcessExit> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    if (signal) return { text: `was ended by ${signal}`, isOwn: !sentFromOutside.has(signal) }
    return { text: `exited with code ${code ?? 0}`, isOwn: true }
  } catch (error) {
    return { text: `did not start: ${error instanceof Error ? error.message : String(error)}`, isOwn: true }
  }
}
