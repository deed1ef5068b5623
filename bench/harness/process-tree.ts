import { readFileSync, readdirSync } from 'node:fs'
import { type ProcessMemory, type ProcessStat, cpuOf, parseMemory, parseStat, treeOf } from './proc.js'

/** The state of a process and of everything that it started. */
export interface TreeState {
  readonly processes: number
  /** Open descriptors of all of them. */
  readonly descriptors: number
  /** Of the process itself. */
  readonly main: ProcessMemory
  /** Of the processes that it started. */
  readonly children: ProcessMemory
  readonly total: ProcessMemory
}

/** Milliseconds of CPU time that a process and everything that it started have taken so far. */
export function readCpuMs(root: number): number {
  return cpuOf(readTree(root))
}

/** Milliseconds of CPU time of the processes that this one started and has waited for. */
export function readWaitedCpuMs(): number {
  return parseStat(readFileSync('/proc/self/stat', 'utf8')).waitedCpuMs
}

export function readTreeState(root: number): TreeState {
  const tree = readTree(root).filter(({ isZombie }) => !isZombie)
  const memories = tree.map(({ pid }) => ({ pid, memory: readIfRunning(pid, memoryOf) ?? nothing }))
  const sumOf = (isCounted: (pid: number) => boolean) =>
    memories.filter(({ pid }) => isCounted(pid)).reduce((sum, { memory }) => add(sum, memory), nothing)
  return {
    processes: tree.length,
    descriptors: tree.reduce((sum, { pid }) => sum + (readIfRunning(pid, descriptorsOf) ?? 0), 0),
    main: sumOf((pid) => pid === root),
    children: sumOf((pid) => pid !== root),
    total: sumOf(() => true),
  }
}

const nothing: ProcessMemory = { residentMb: 0, proportionalMb: 0 }

const add = (a: ProcessMemory, b: ProcessMemory): ProcessMemory => ({
  residentMb: a.residentMb + b.residentMb,
  proportionalMb: a.proportionalMb + b.proportionalMb,
})

const memoryOf = (pid: number) => parseMemory(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))

const descriptorsOf = (pid: number) => readdirSync(`/proc/${pid}/fd`).length

function readTree(root: number): readonly ProcessStat[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const stats = pids.map((pid) =>
    readIfRunning(Number(pid), () => parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))),
  )
  return treeOf(
    root,
    stats.filter((stat) => stat !== undefined),
  )
}

/** A process may end between being listed and being read. */
function readIfRunning<T>(pid: number, read: (pid: number) => T): T | undefined {
  try {
    return read(pid)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}
