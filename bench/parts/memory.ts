import { atMost } from '../report/floors.js'
import { longRunFloors, longRunsText } from './lasting-report.js'
import { runReloads, runRequests } from './lasting.js'
import type { Floor, Part, Section, Settings } from './part.js'

export const memory: Part = {
  name: 'memory',
  run: (settings) => runMemory(settings, { plainToo: false }),
}

const introduction = `Resident memory of a server at rest: of its main process, of the processes that it started, and their sum, in which pages that they
share count once for each; "proportional" divides those. Each run has a server of its own.`

/** The long runs: what the bench shows, and what `npm run soak` insists on, with `--no-watch` too. */
export async function runMemory(
  { isQuick, say }: Pick<Settings, 'isQuick' | 'say'>,
  { plainToo }: { plainToo: boolean },
): Promise<Section> {
  const requests = isQuick ? 50_000 : 1_000_000
  const watching = await runRequests({ watch: true, count: requests, say })
  const plain = plainToo ? [await runRequests({ watch: false, count: requests, say })] : []
  const reloads = await runReloads({ count: isQuick ? 100 : 1000, say })
  const runs = [watching, ...plain, reloads]
  return {
    title: 'Memory',
    text: [introduction, longRunsText(runs)].join('\n\n'),
    floors: [...longRunFloors(runs), ...failures(reloads)],
  }
}

function failures({ all, failed, stale, polls }: Awaited<ReturnType<typeof runReloads>>): Floor[] {
  const which = `of ${polls.toLocaleString('en-US')} over ${all.count.toLocaleString('en-US')} reloads`
  return [atMost(`Requests failed ${which}`, failed, 0), atMost(`Stale answers ${which}`, stale, 0)]
}
