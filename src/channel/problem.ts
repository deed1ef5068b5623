import { STATUS_CODES } from 'node:http'
import type { ProblemDetails } from '../exchange.js'

export const problemContentType = 'application/problem+json'

/** The bytes of an RFC 9457 problem document. */
export function problemBody(status: number, cid: string, { title, detail, errors }: ProblemDetails = {}): Buffer {
  const document = {
    type: 'about:blank',
    title: title ?? STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    cid,
    errors: errors?.map(({ path, message }) => ({ path, message })),
  }
  return Buffer.from(JSON.stringify(document))
}
