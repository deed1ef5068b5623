import { type ErrorCode, ZatoError } from '../../errors.js'
import { didYouMean } from '../../nearest.js'
import { ProjectError } from '../../project/problem.js'
import type { ApiError } from '../shared/api.js'

export type ApiFailureOptions = ApiError['error']

/** What a route answers in place of what was asked for. */
export class ApiFailure extends Error {
  readonly status: number
  readonly reply: ApiError

  constructor(status: number, error: ApiFailureOptions) {
    super(error.message)
    this.status = status
    this.reply = { error }
  }
}

/** Nothing has this name; the hint says which names are close to it. */
export function unknown(noun: string, name: string, names: Iterable<string>): ApiFailure {
  return new ApiFailure(404, {
    code: 'not_found',
    message: `Unknown ${noun} "${name}"`,
    hint: didYouMean(name, names),
  })
}

export function invalid(message: string, more: Partial<ApiFailureOptions> = {}): ApiFailure {
  return new ApiFailure(400, { code: 'invalid', message, ...more })
}

const statuses: Partial<Record<ErrorCode, number>> = {
  ZU001: 400,
  ZU003: 404,
  ZU005: 409,
  ZU008: 422,
  ZS201: 404,
  ZN503: 404,
}

/** Any error as it is answered; undefined for one that is a bug. */
export function failureOf(error: unknown): ApiFailure | undefined {
  if (error instanceof ApiFailure) return error
  if (error instanceof ProjectError) {
    const [first] = error.problems
    const { file, line, column, hint } = first ?? {}
    return new ApiFailure(422, { code: error.code, message: error.message, hint, file, line, column })
  }
  if (!(error instanceof ZatoError) || error.code === 'ZX001') return undefined
  const { code, message, hint } = error
  return new ApiFailure(statuses[code] ?? (/^Z[CN]/.test(code) ? 422 : 500), { code, message, hint })
}
