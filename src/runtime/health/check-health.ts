import { createLogger } from '../../log.js'
import { isWell } from '../../outgoing/ping-state.js'
import { type ProbeOptions, probe } from '../../outgoing/probe.js'
import { newCid } from '../../trace/context.js'
import type { HealthEvent } from './health-event.js'

/** What is logged of a check is its result. */
const silent = createLogger(() => undefined)

/**
 * Makes one health check.
 *
 * @throws what the signal was aborted with
 */
export async function checkHealth(
  options: Omit<ProbeOptions, 'cid' | 'log' | 'timeout'>,
): Promise<Omit<HealthEvent, 'changed' | 'lastedMs'>> {
  const found = await probe({ ...options, cid: newCid(), log: silent })
  const { connection, cid, method, url, statusCode, target, error } = found
  const isUp = statusCode !== undefined && target !== undefined && isWell(statusCode, target)
  return {
    ...{ connection, cid, method, url, statusCode },
    state: isUp ? 'up' : 'down',
    finding: found.state,
    elapsedMs: Math.round(found.elapsedMs * 10) / 10,
    ...(error && { error: { code: error.code, message: error.message, hint: error.hint } }),
  }
}
