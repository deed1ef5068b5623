import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { kill, pid } from 'node:process'

/** A process, told apart from all others that had its number before or will have it. */
export interface ProcessIdentity {
  readonly pid: number
  /** Host name of its machine or container: elsewhere the number means nothing. */
  readonly machine: string
  /** When it was started, in the unit of /proc; left out where the system does not tell. */
  readonly started?: string | undefined
}

export function ownIdentity(): ProcessIdentity {
  return { pid, machine: hostname(), started: startOf(pid) }
}

/** Whether it still runs; undefined for one of another machine. */
export function isRunning({ pid: other, machine, started }: ProcessIdentity): boolean | undefined {
  if (machine !== hostname()) return undefined
  if (!isAlive(other)) return false
  return started === undefined || startOf(other) === started
}

/** Undefined for what is none, such as the content of a damaged file. */
export function readIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { pid: number, machine, started } = value as Record<string, unknown>
  if (!Number.isSafeInteger(number) || Number(number) <= 0 || typeof machine !== 'string') return undefined
  return { pid: Number(number), machine, started: typeof started === 'string' ? started : undefined }
}

/** EPERM: it is alive, and somebody else's. */
function isAlive(process: number): boolean {
  try {
    return kill(process, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The 22nd field of /proc/PID/stat. The second, a name in parentheses, may hold blanks. */
function startOf(process: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
