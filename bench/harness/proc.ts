/** What /proc/<pid>/stat tells of a process. Times are in milliseconds. */
export interface ProcessStat {
  readonly pid: number
  readonly parent: number
  readonly session: number
  readonly isZombie: boolean
  /** User and system time of all its threads. */
  readonly ownCpuMs: number
  /** User and system time of its children that have ended and been waited for, and of theirs. */
  readonly waitedCpuMs: number
}

/** Linux tells every program that a tick is a hundredth of a second, whatever the kernel counts in. */
const msPerTick = 10

/** The name of the program stands in brackets and may hold anything, brackets too, so the fields are counted from its end. */
export function parseStat(text: string): ProcessStat {
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  const ticks = (index: number) => Number(fields[index])
  const stat = {
    pid: Number.parseInt(text, 10),
    parent: Number(fields[1]),
    session: Number(fields[3]),
    isZombie: fields[0] === 'Z',
    ownCpuMs: (ticks(11) + ticks(12)) * msPerTick,
    waitedCpuMs: (ticks(13) + ticks(14)) * msPerTick,
  }
  if (end === -1 || Object.values(stat).some(Number.isNaN)) throw new Error(`This is no /proc/<pid>/stat: "${text}"`)
  return stat
}

export interface ProcessMemory {
  /** Pages that are in memory, those shared with other processes included. */
  readonly residentMb: number
  /** The same, each shared page divided by the number of its users: what may be added up. */
  readonly proportionalMb: number
}

/** Reads /proc/<pid>/smaps_rollup. */
export function parseMemory(text: string): ProcessMemory {
  const megabytes = (field: string) => {
    const [, kilobytes] = new RegExp(`^${field}: +(\\d+) kB$`, 'm').exec(text) ?? []
    if (kilobytes === undefined) throw new Error(`/proc/<pid>/smaps_rollup has no "${field}"`)
    return Number(kilobytes) / 1024
  }
  return { residentMb: megabytes('Rss'), proportionalMb: megabytes('Pss') }
}

/**
 * The processes that a root started, itself first: its descendants, and those of its session that lost their parent.
 */
export function treeOf(root: number, all: readonly ProcessStat[]): readonly ProcessStat[] {
  const found = new Map(all.filter(({ pid }) => pid === root).map((stat) => [stat.pid, stat]))
  for (let size = -1; size !== found.size;) {
    size = found.size
    for (const stat of all) {
      if (found.has(stat.parent) || stat.session === root) found.set(stat.pid, stat)
    }
  }
  return [...found.values()]
}

/** CPU time of a tree, including that of processes of it that have ended since. */
export function cpuOf(tree: readonly ProcessStat[]): number {
  return tree.reduce((sum, { ownCpuMs, waitedCpuMs }) => sum + ownCpuMs + waitedCpuMs, 0)
}
