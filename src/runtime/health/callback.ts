import type { CancelSignal } from '../../cancellation.js'
import type { Dispatch } from '../../exchange.js'
import type { Logger } from '../../log.js'
import type { Project } from '../../project/project.js'
import type { OutgoingDefinition } from '../../project/schema.js'
import type { Redactor } from '../../redact.js'
import type { TraceSink } from '../../trace/events.js'
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

/** Tells whoever the connection names. That this fails is logged, and changes nothing. */
export async function deliver(event: HealthEvent, target: Target, means: Means): Promise<void> {
  const { name, healthCheckCallbackName: callback = '', healthCheckCallbackType: type } = target.definition
  const outcome = outcomeOf(event)
  try {
    const statusCode = type === 'rest' ? await post(outcome, callback, { ...target, ...means }) : await run(outcome)
    if (statusCode >= 400) means.log.warn(`The callback of the health check of "${name}" answered ${statusCode}`)
  } catch (error) {
    if (!means.signal.aborted) means.log.warn(`The callback of the health check of "${name}" failed`, { error })
  }

  async function run(payload: HealthOutcome): Promise<number> {
    const { dispatch, cid, signal } = means
    const body = Buffer.from(JSON.stringify(payload))
    const reply = await dispatch(directRequest({ service: callback, cid }), body, signal)
    if (reply.body instanceof ReadableStream) await reply.body.cancel()
    return reply.statusCode
  }
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
