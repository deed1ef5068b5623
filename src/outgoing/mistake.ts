import type { ErrorCode } from '../errors.js'

/**
 * Something wrong with a call or a definition, found by a function that does not know which connection it works for.
 * Becomes a `BadCall` or a `NotConfigured` where that is known. Its message completes `Cannot call "Orders API": …`.
 */
export class Mistake extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    { hint, ...options }: ErrorOptions & { hint?: string | undefined } = {},
  ) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
