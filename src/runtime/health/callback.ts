import { type CancelSignal, Cancellation } from '../../cancellation.js'
import type { Dispatch } from '../../exchange.js'
import type { Logger } from '../../log.js'
import type { Project } from '../../project/project.js'
import type { OutgoingDefinition } from '../../project/schema.js'
import type { Redactor } from '../../redact.js'
import type { TraceSink } from '../../trace/events.js'
import { waitFor } from '../../outgoing/waiting.js'
import { directRequest } from '../direct-request.js'
import type { HealthEvent } from './health-event.js'

/** What a service, or another API, is told of a health check: the keys are those of Zato. */
export interface HealthOutcome {
  readonly conn_name: string
  readonly conn_type: 'outgoing_rest'
  readonly is_ok: boolean
  readonly response_time_ms: number
  /** Empty if all is well. */
  readonly error: string
}

export function outcomeOf({ connection, state, elapsedMs, statusCode, error }: HealthEvent): HealthOutcome {
  const reason = error?.message ?? (statusCode === undefined ? '' : `The status is ${statusCode}`)
  return {
    conn_name: connection,
    conn_type: 'outgoing_rest',
    is_ok: state === 'up',
    response_time_ms: elapsedMs,
    error: state === 'up' ? '' : reason,
  }
}

interface Target {
  /** The connection that was checked, which says who is to be told. */
  readonly definition: OutgoingDefinition
  readonly project: Project
  readonly redactor: Redactor
}

interface Means {
  readonly dispatch: Dispatch
  readonly onCall: TraceSink
  readonly log: Logger
  readonly cid: string
  readonly signal: CancelSignal
}

/** The next check of the connection waits for it, and the server when it ends. */
const longestMs = 60_000

/** Tells whoever the connection names, within a minute. That this fails is logged, and changes nothing. */
export async function deliver(event: HealthEvent, target: Target, means: Means): Promise<void> {
  const what = `The callback of the health check of "${target.definition.name}"`
  const { log, signal } = means
  const limit = new Cancellation()
  try {
    const answer = tell(outcomeOf(event), target, { ...means, signal: limit })
    const waited = await waitFor(answer, { signals: [signal], timeoutMs: longestMs })
    if (waited.kind !== 'value') limit.abort(new Error('The health check waits no longer'))
    if (waited.kind === 'timeout') log.warn(`${what} has not answered within ${longestMs / 1000} s`)
    if (waited.kind === 'value' && waited.value >= 400) log.warn(`${what} answered ${waited.value}`)
  } catch (error) {
    if (!signal.aborted) log.warn(`${what} failed`, { error })
  }
}

/** Gives the status of the answer. */
async function tell(outcome: HealthOutcome, target: Target, means: Means): Promise<number> {
  const { healthCheckCallbackName: callback = '', healthCheckCallbackType: type } = target.definition
  if (type === 'rest') return post(outcome, callback, { ...target, ...means })
  const { dispatch, cid, signal } = means
  const reply = await dispatch(directRequest({ service: callback, cid }), Buffer.from(JSON.stringify(outcome)), signal)
  if (reply.body instanceof ReadableStream) await reply.body.cancel()
  return reply.statusCode
}

async function post(
  outcome: HealthOutcome,
  connection: string,
  { project, redactor, onCall, log, cid, signal }: Target & Means,
): Promise<number> {
  const { Outgoing } = await import('../../outgoing/outgoing.js')
  const outgoing = new Outgoing({ project, redactor, log, onEvent: onCall })
  try {
    return (await outgoing.connection(connection, { signal }).post(cid, outcome)).statusCode
  } finally {
    await outgoing.close()
  }
}
