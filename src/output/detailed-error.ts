import { type ErrorCode, UsageError } from '../errors.js'

/** A mistake that is best told with facts under it: each a word that names it and a line. */
export class DetailedError extends UsageError {
  readonly details: readonly (readonly [label: string, text: string])[]

  constructor(code: ErrorCode, message: string, details: readonly (readonly [string, string])[]) {
    super(code, message, { hint: details.map(([label, text]) => `${label}: ${text}`).join('; ') })
    this.details = details
  }
}
