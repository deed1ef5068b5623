import { ZatoError } from '../errors.js'
import type { CancelSignal } from '../cancellation.js'
import type { Project } from '../project/project.js'
import type { Redactor } from '../redact.js'
import type { CallEvent } from '../trace/events.js'
import type { Recorder } from '../trace/recorder.js'
import type { Logger } from '../log.js'
import type { Kept } from './kept.js'
import { Outgoing } from './outgoing.js'
import type { PeerCertificate } from './peer-certificate.js'
import type { PingTarget } from './ping.js'
import { type PingState, stateOfError, stateOfStatus } from './ping-state.js'

export interface ProbeOptions {
  readonly project: Pick<Project, 'outgoingRest' | 'security' | 'environment'>
  /** Name of the connection. */
  readonly connection: string
  readonly cid: string
  readonly redactor: Redactor
  readonly log: Logger
  readonly signal: CancelSignal
  /** Seconds, in place of the connection's. */
  readonly timeout?: number | undefined
  /** Where fetched tokens are kept; nowhere by default. */
  readonly kept?: Kept | undefined
  /** Where a trace is told of it, if there is to be one. */
  readonly recorder?: Recorder | undefined
}

/** What came of a ping, for people and machines. Redacted. */
export interface Probe {
  readonly connection: string
  readonly cid: string
  readonly state: PingState
  /** Undefined if nothing was sent. */
  readonly method: string | undefined
  /** Whether GET was asked with because the API serves no HEAD. */
  readonly isFallback: boolean
  readonly url: string | undefined
  /** Where the address came from. */
  readonly target: PingTarget | undefined
  readonly statusCode: number | undefined
  readonly elapsedMs: number
  readonly certificate: PeerCertificate | undefined
  readonly error: ZatoError | undefined
}

/**
 * Pings a connection over sockets of its own, so that what others have open hides nothing, and past its circuit breaker.
 *
 * @throws what the signal was aborted with
 */
export async function probe(options: ProbeOptions): Promise<Probe> {
  const { project, connection, cid, timeout, signal, recorder, ...sinks } = options
  const definitions = project.outgoingRest.filter(({ name }) => name === connection)
  const outgoingRest = definitions.map((definition) => ({ ...definition, circuitBreaker: undefined }))
  let event: CallEvent | undefined
  const outgoing = new Outgoing({ project: { ...project, outgoingRest }, onEvent: (one) => (event = one), ...sinks })
  const startedAt = performance.now()
  const told = () => ({
    ...{ connection, cid, method: event?.method, url: event?.url },
    elapsedMs: event?.elapsedMs ?? performance.now() - startedAt,
  })
  try {
    const { response, target, method, certificate } = await outgoing
      .connection(connection, { signal, recorder })
      .ping(cid, timeout === undefined ? {} : { timeout })
    const { statusCode } = response
    const isFallback = method !== definitions[0]?.pingMethod
    const found = { target, statusCode, certificate, isFallback }
    return { ...told(), ...found, state: stateOfStatus(statusCode), error: undefined }
  } catch (error) {
    if (signal.aborted || !(error instanceof ZatoError)) throw error
    return {
      ...told(),
      ...{ target: undefined, statusCode: undefined, certificate: undefined, isFallback: false },
      state: stateOfError(error),
      error,
    }
  } finally {
    await outgoing.close()
  }
}
