import type { IncomingMessage } from 'node:http'
import { ApiFailure, invalid } from './failure.js'

const mostBytes = 2 * 1024 * 1024

/**
 * What was sent as JSON; undefined for nothing.
 *
 * @throws ApiFailure 413 for more than 2 MB, 400 for what is no JSON
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let size = 0
  // Destroyed, it would take the socket along, and nobody would learn why.
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > mostBytes) {
      throw new ApiFailure(413, { code: 'too_large', message: 'The body is larger than 2 MB' })
    }
    pieces.push(piece)
  }
  if (size === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))) as unknown
  } catch (error) {
    throw invalid('The body is no JSON', { hint: error instanceof Error ? error.message : undefined })
  }
}
