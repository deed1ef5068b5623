import { STATUS_CODES } from 'node:http'

export interface RefusalOptions {
  /** Further headers: names and values in turn. */
  readonly headers?: readonly string[] | undefined
  /** For the log, never for the caller. */
  readonly reason?: string | undefined
}

/**
 * Why the listener answers a request by itself, without running a service. It is returned, not thrown: refusing is an
 * everyday result, and a stack trace for each would be a gift to whoever floods a server.
 */
export class Refusal {
  readonly status: number
  /** For the caller. */
  readonly detail: string
  readonly headers: readonly string[]
  readonly reason: string | undefined

  constructor(status: number, detail: string, { headers = [], reason }: RefusalOptions = {}) {
    this.status = status
    this.detail = detail
    this.headers = headers
    this.reason = reason
  }

  get title(): string {
    return STATUS_CODES[this.status] ?? 'Error'
  }
}
