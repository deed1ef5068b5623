/** One request for the version that answers. Times are those of one clock. */
export interface Poll {
  readonly sentAt: number
  readonly endedAt: number
  /** Undefined if it failed. */
  readonly version: number | undefined
}

/** What one save did to the requests that were sent around it. */
export interface SaveResult {
  /** From the save to the first answer of the new code. */
  readonly servedMs: number
  readonly polls: number
  readonly failed: number
  /** Answered by old code, and sent after the new code had answered once. */
  readonly stale: number
}

export function judgeSave(
  polls: readonly Poll[],
  { savedAt, version }: { savedAt: number; version: number },
): SaveResult {
  const renewed = polls.filter((poll) => (poll.version ?? -1) >= version).map(({ endedAt }) => endedAt)
  if (renewed.length === 0) throw new Error(`Version ${version} never answered`)
  const servedAt = Math.min(...renewed)
  return {
    servedMs: servedAt - savedAt,
    polls: polls.length,
    failed: polls.filter((poll) => poll.version === undefined).length,
    stale: polls.filter((poll) => poll.sentAt > servedAt && poll.version !== undefined && poll.version < version)
      .length,
  }
}

/** Adds requests that were being answered while a version was replaced: each has failed unless it was answered by that very version. */
export function addCrossing(
  save: SaveResult,
  answers: readonly (number | undefined)[],
  { version }: { version: number },
): SaveResult {
  const lost = answers.filter((answer) => answer !== version).length
  return { ...save, polls: save.polls + answers.length, failed: save.failed + lost }
}

/** Several saves as one: the times apart, the counts added up. */
export function addSaves(saves: readonly SaveResult[]): Omit<SaveResult, 'servedMs'> {
  const sum = (key: 'polls' | 'failed' | 'stale') => saves.reduce((total, save) => total + save[key], 0)
  return { polls: sum('polls'), failed: sum('failed'), stale: sum('stale') }
}
