import { createLogger } from '../../log.js'
import { isWell } from '../../outgoing/ping-state.js'
import { type Probe, type ProbeOptions, probe } from '../../outgoing/probe.js'
import type { Project } from '../../project/project.js'
import { newCid } from '../../trace/context.js'
import type { Trace } from '../../trace/record.js'
import { RecordedHere } from '../record-here.js'
import type { HealthEvent } from './health-event.js'

/** What is logged of a check is its result. */
const silent = createLogger(() => undefined)

export interface HealthCheck extends Omit<ProbeOptions, 'cid' | 'log' | 'timeout' | 'recorder'> {
  readonly project: Project
  /** Whether there is to be a trace of it. */
  readonly isTraced: boolean
}

/** What a check has found, and its trace if there was to be one. */
export interface Checked {
  readonly found: Omit<HealthEvent, 'changed' | 'lastedMs'>
  readonly trace: Trace | undefined
}

/**
 * Makes one health check.
 *
 * @throws what the signal was aborted with
 */
export async function checkHealth({ isTraced, ...options }: HealthCheck): Promise<Checked> {
  const cid = newCid()
  const record = isTraced ? recordOf(options, cid) : undefined
  const found = await probe({ ...options, cid, log: silent, recorder: record?.recorder })
  return { found: findingOf(found), trace: record && traceOf(record, found) }
}

function recordOf({ project, connection }: Omit<HealthCheck, 'isTraced'>, cid: string): RecordedHere {
  const method = project.outgoingRest.find(({ name }) => name === connection)?.pingMethod
  const start = { cid, kind: 'ping', title: `PING ${connection}`, connection, method } as const
  return new RecordedHere(project, start, 'schedule')
}

function traceOf(record: RecordedHere, { statusCode, error }: Probe): Trace {
  if (statusCode === undefined) record.failed(error)
  else record.answered(statusCode)
  return record.trace
}

function findingOf(found: Probe): Checked['found'] {
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
