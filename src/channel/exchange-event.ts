/** One finished request. */
export interface RequestEvent {
  readonly cid: string
  readonly method: string
  /** Without the query string. */
  readonly path: string
  readonly channel?: string | undefined
  readonly service?: string | undefined
  readonly statusCode: number
  readonly elapsedMs: number
  /** Bytes of the reply's body. */
  readonly size: number
  /** The connection ended before the reply was complete. */
  readonly aborted: boolean
}
