import { createHash, randomFillSync } from 'node:crypto'

/**
 * Correlation ids, and the trace context of W3C Trace Context (https://www.w3.org/TR/trace-context/) that goes with
 * them.
 */

const cidPattern = /^[A-Za-z0-9._-]{1,64}$/
const traceIdPattern = /^[0-9a-f]{32}$/
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeros = /^0+$/

/** A new correlation id: 32 lower-case hex digits. */
export function newCid(): string {
  return randomHex(16)
}

/** Whether a caller's `X-Zato-CID` may be adopted. */
export function isWellFormedCid(text: string): boolean {
  return cidPattern.test(text)
}

export interface TraceContext {
  readonly traceId: string
  /** Two hex digits. */
  readonly flags: string
}

/** The trace id and flags of a valid `traceparent` header, else undefined. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  const [, traceId, spanId, flags, more] = traceparentPattern.exec(text) ?? []
  if (!traceId || !spanId || !flags || zeros.test(traceId) || zeros.test(spanId)) return undefined
  if (more !== undefined && text.startsWith('00')) return undefined
  return { traceId, flags }
}

/** The trace id that stands for a cid: the cid itself if it can be one, else the start of its SHA-256. */
export function traceIdOf(cid: string): string {
  if (traceIdPattern.test(cid) && !zeros.test(cid)) return cid
  return createHash('sha256').update(cid).digest('hex').slice(0, 32)
}

/** The `traceparent` of one outgoing call: the incoming trace goes on, with a span id of this call's own. */
export function outgoingTraceparent(cid: string, incoming?: string): string {
  const context = parseTraceparent(incoming)
  return `00-${context?.traceId ?? traceIdOf(cid)}-${newSpanId()}-${context?.flags ?? '01'}`
}

function newSpanId(): string {
  const id = randomHex(8)
  return zeros.test(id) ? newSpanId() : id
}

const pool = Buffer.alloc(4096)
let taken = pool.length

/** Random bytes as hex digits. They are drawn for many ids at once: a draw costs more than all else that an id needs. */
function randomHex(bytes: number): string {
  if (taken + bytes > pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  return pool.toString('hex', taken, (taken += bytes))
}
