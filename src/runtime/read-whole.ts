import type { Batch, Changes } from './changes.js'
import type { ProjectSource, Refreshed } from './project-source.js'

/** How often it is read before it is taken as it is: someone may be writing all the time. */
const mostReads = 4

interface WholeRead {
  readonly source: ProjectSource
  readonly changes: Changes
  readonly batch: Batch
  /** Take notice of everything, whether known to have changed or not. */
  readonly everything: boolean
}

/**
 * Takes notice of a batch of changes. It reads at once, while the burst of events that brought them may still be going on, and
 * again if something has been written meanwhile: so nothing that is half written is served, and a save does not wait.
 */
export async function readWhole({
  source,
  changes,
  batch,
  everything,
}: WholeRead): Promise<{ readonly refreshed: Refreshed; readonly files: readonly string[] }> {
  const read = ({ files }: Batch) => source.refresh(everything ? undefined : files)
  let taken = batch
  let refreshed = await read(taken)
  for (let reads = 1; reads < mostReads && !(await changes.hold(taken)); reads++) {
    taken = await changes.take(taken.files)
    refreshed = await read(taken)
  }
  return { refreshed, files: taken.files }
}
