import type { ZatoError } from '../errors.js'
import { BadCall, NotConfigured } from './errors.js'
import type { PingTarget } from './ping.js'

/**
 * What a ping has found out. `unauthorized`: the API, or the server that gives its tokens, refuses the credentials;
 * `unhealthy`: it answers with 5xx; `unreachable`: no usable reply came; `unusable`: nothing could be sent, because of what
 * the project file says.
 */
export type PingState = 'reachable' | 'unauthorized' | 'unhealthy' | 'unreachable' | 'unusable'

export function stateOfStatus(statusCode: number): PingState {
  if (statusCode >= 500) return 'unhealthy'
  return statusCode === 401 || statusCode === 403 ? 'unauthorized' : 'reachable'
}

export function stateOfError(error: ZatoError): PingState {
  if (error instanceof BadCall || error instanceof NotConfigured) return 'unusable'
  return error.code === 'ZN303' ? 'unauthorized' : 'unreachable'
}

/**
 * Whether an API is well: its reply is a good one, or at the root of its host, which need not hold anything, any but a
 * refusal.
 */
export function isWell(statusCode: number, target: PingTarget): boolean {
  return statusCode < 400 || (target === 'host root' && stateOfStatus(statusCode) === 'reachable')
}
