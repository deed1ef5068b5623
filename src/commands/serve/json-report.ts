import { LineQueue } from '../../output/line-queue.js'
import type { ServerEvent } from '../../runtime/events.js'
import type { Context } from '../context.js'
import type { Reporter } from './reporter.js'

/** Changed when a line can no longer be read as before; new types and new keys leave it as it is. */
const formatVersion = 1

/** What there may be thousands of a second: a reader that does not keep up is told how many it missed. */
const frequent: ReadonlySet<ServerEvent['type']> = new Set(['request', 'call'])

/** One event a line, as docs/serve-events.md describes them. */
export function jsonReporter({ out }: Context): Reporter {
  const startedAt = Date.now()
  const counts = { requests: 0, failed: 0 }
  const line = (event: object) => JSON.stringify({ v: formatVersion, time: Date.now(), ...event })
  const queue = new LineQueue({
    terminal: out,
    isData: true,
    leftOut: (count) => line({ type: 'dropped', count }),
  })
  const write = (event: object) => queue.push([line(event)], { mustStay: true })
  return {
    log: (entry) => queue.push([line({ type: 'log', ...entry })]),
    event(event) {
      if (event.type === 'request') {
        counts.requests += 1
        if (event.statusCode >= 500) counts.failed += 1
      }
      queue.push([line(event)], { mustStay: !frequent.has(event.type) })
    },
    started(_, dashboard) {
      // Without its token: lines are kept.
      if (dashboard) write({ type: 'dashboard', url: dashboard.url })
    },
    others: (servers) => servers.forEach(({ pid, url, since }) => write({ type: 'other', pid, url, since })),
    stopping: (stopping) => write({ type: 'stopping', ...stopping }),
    stopped: () => write({ type: 'stopped', ...counts, upMs: Date.now() - startedAt }),
    failed: ({ message }) => write({ type: 'failed', message }),
    print: () => {},
    showAddress: () => {},
    typed: () => {},
    end: () => queue.end(),
  }
}
