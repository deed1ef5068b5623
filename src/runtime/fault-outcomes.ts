import { STATUS_CODES } from 'node:http'
import type { ErrorCode } from '../errors.js'
import type { Outcome } from '../exchange.js'

/** What callers get when something happens to the process of the services, or beside their request in it. */

function problem(statusCode: number, detail: string, headers: Outcome['headers'] = {}): Outcome {
  return { statusCode, headers, problem: { title: STATUS_CODES[statusCode], detail } }
}

/** The code of what happened to the process; undefined for an outcome that a service came to itself. */
export function faultCodeOf(outcome: Outcome): ErrorCode | undefined {
  return faultCodes.get(outcome)
}

/** Their own service let an error escape where nobody catches it. */
export const failedBeside = problem(500, 'The service failed; its log says why, under this cid')

/** Their own service ended the process. */
export const endedProcess = problem(500, 'The service ended its process; the log says how, under this cid')

/** Their own service took all memory. */
export const usedUpMemory = problem(500, 'The service ran out of memory; the log says more, under this cid')

/** Their own service did not let anything else run. */
export const stalled = problem(504, 'The service did not come to an end; the log says where it is, under this cid')

/** Somebody else's service did: nothing was wrong with their request, and it may be sent again at once. */
export const lost = problem(503, 'The process of the services ended while it answered this request', {
  'retry-after': '0',
})

const faultCodes: ReadonlyMap<Outcome, ErrorCode> = new Map([
  [endedProcess, 'ZS502'],
  [usedUpMemory, 'ZS503'],
  [stalled, 'ZS504'],
  [lost, 'ZH503'],
])
