import { setTimeout as sleep } from 'node:timers/promises'
import type { Project } from '../project/project.js'
import type { Loading } from './generations.js'
import type { LoadResult } from './host.js'
import { tooSlow } from './process-problem.js'

/** A load that takes longer than this gives way to a further change. */
const patienceMs = 500
const loadLimitMs = 30_000
const longestTimerMs = 2 ** 31 - 1

interface Patience {
  readonly project: Project
  /** Whether services may take as long as they like to load. */
  readonly isPatient: boolean
  /** Settles once something has changed. */
  readonly noticed: () => Promise<void>
}

/** The result of loading; undefined if a change came meanwhile that makes it pointless to wait any longer. */
export async function loadPatiently(
  loading: Loading,
  { project, isPatient, noticed }: Patience,
): Promise<LoadResult | undefined> {
  const over = new AbortController()
  const limit = isPatient ? longestTimerMs : loadLimitMs
  const pause = (ms: number) => sleep(ms, undefined, { signal: over.signal })
  const overtaken = loading.begun.then(() => pause(patienceMs)).then(noticed)
  const late = pause(limit).then(() => ({ services: [], problems: [tooSlow(project, limit)] }))
  const result = await Promise.race([loading.result, overtaken.catch(() => undefined), late.catch(() => undefined)])
  over.abort()
  if (!result || result.problems.length > 0) loading.cancel()
  return result ?? undefined
}
