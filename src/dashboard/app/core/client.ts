import type { ApiError } from '../../shared/api.js'
import { isTokenRefused, refuseToken, token } from './token.js'

export const base = '/_zato/api/v1'

type Detail = ApiError['error']

/** The server refused, or could not be reached (status 0). */
export class ApiProblem extends Error {
  readonly status: number
  readonly detail: Detail

  constructor(status: number, detail: Detail) {
    super(detail.message)
    this.status = status
    this.detail = detail
  }
}

export interface Asked {
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** @throws ApiProblem */
export async function request<Reply>(method: string, path: string, { body, signal }: Asked = {}): Promise<Reply> {
  const response = await send(method, path, { body, signal })
  const text = await response.text()
  const value = parsed(text)
  if (response.ok) return value as Reply
  throw new ApiProblem(
    response.status,
    detailOf(value) ?? { code: 'failed', message: `The server answered ${response.status}` },
  )
}

async function send(method: string, path: string, { body, signal }: Asked): Promise<Response> {
  const used = token.value
  try {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${used}`,
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
      ...(signal && { signal }),
    })
    if (response.status === 401) refuseToken(used)
    else isTokenRefused.value = false
    return response
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiProblem(0, {
      code: 'unreachable',
      message: 'The server does not answer',
      hint: 'start it with "zato-ts serve"; the page goes on by itself',
    })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function detailOf(value: unknown): Detail | undefined {
  if (typeof value !== 'object' || value === null || !('error' in value)) return undefined
  return value.error as Detail
}

/** A part of a path. */
export const part = encodeURIComponent

/** What went wrong, whatever was thrown. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  return new ApiProblem(0, { code: 'failed', message: error instanceof Error ? error.message : String(error) })
}
