import type { PingState } from '../../outgoing/ping-state.js'

export type HealthState = 'up' | 'down'

/** What a health check has found. Plain data, redacted. */
export interface HealthEvent {
  readonly connection: string
  readonly cid: string
  readonly state: HealthState
  /** Whether the check before it found something else; of the first, whether it found the API down. */
  readonly changed: boolean
  /** How long the state before it lasted, in milliseconds, if that has changed. */
  readonly lastedMs?: number | undefined
  readonly finding: PingState
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly statusCode?: number | undefined
  readonly elapsedMs: number
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string | undefined } | undefined
}
