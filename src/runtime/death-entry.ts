import type { LogEntry } from '../log.js'
import type { Death } from './events.js'

/** The log line of a generation that ended: what happened, who did it, where, and what to do about it. */
export function deathEntry({ code, reason, account, culprit, place, hint, requests }: Death): LogEntry {
  const { cid, service, channel } = culprit ?? {}
  return {
    time: Date.now(),
    level: 'error',
    message: `The process of the services ${reason}${account === '' ? '' : `: ${account}`}`,
    ...(culprit && { cid, service }),
    fields: {
      code,
      ...(channel !== undefined && { channel }),
      ...(place && { at: `${place.file}:${place.line}:${place.column}` }),
      ...(hint !== undefined && { hint }),
      ...(requests.length > 0 && { requests }),
    },
  }
}
