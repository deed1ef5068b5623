import type { BodyRecord, MessageRecord, Trace } from '../../../trace/record.js'
import { parsedJson } from './body-view.js'

/** Two traces side by side. */
export interface Comparison {
  readonly status: readonly [before: string, after: string]
  readonly ms: readonly [before: number, after: number]
  readonly body: BodyComparison
}

export interface BodyComparison {
  /** What was found, in words. */
  readonly text: string
  readonly isSame: boolean
  /** Absent if they cannot be compared. */
  readonly bodies?: readonly [before: string, after: string] | undefined
}

/** Undefined while one of them runs. */
export function compare(before: Trace, after: Trace): Comparison | undefined {
  if (before.durationMs === undefined || after.durationMs === undefined) return undefined
  return {
    status: [statusOf(before), statusOf(after)],
    ms: [before.durationMs, after.durationMs],
    body: compareBodies(before, after),
  }
}

function compareBodies(before: Trace, after: Trace): BodyComparison {
  const missing = whoseIsMissing(isReplyMissing(before), isReplyMissing(after))
  if (missing) return { text: missing, isSame: false }
  const [first, second] = [replyOf(before)?.body, replyOf(after)?.body]
  const bodies = [textOf(first), textOf(second)] as const
  if (bodies[0] !== bodies[1]) return { text: 'body differs', isSame: false, bodies }
  if (!isCut(first) && !isCut(second)) return { text: 'body equal', isSame: true, bodies }
  if (first?.bytes !== second?.bytes) return { text: 'body differs after what was kept of it', isSame: false, bodies }
  return { text: 'body equal as far as it was kept', isSame: true, bodies }
}

function whoseIsMissing(isFirst: boolean, isSecond: boolean): string | undefined {
  if (isFirst && isSecond) return 'the bodies were not kept'
  if (isFirst) return 'the body of the first was not kept'
  return isSecond ? 'the body of the second was not kept' : undefined
}

/** Of what is kept in outline only what failed has its reply. */
function isReplyMissing({ dropped, spans }: Trace): boolean {
  return dropped?.details === true && spans[0]?.response === undefined
}

/** What came back in the end: of the invocation, or of its last span that has an answer. */
function replyOf({ spans }: Trace): MessageRecord | undefined {
  return spans[0]?.response ?? spans.findLast(({ response }) => response !== undefined)?.response
}

/** JSON is compared by what it says, not by its blanks. */
function textOf(body: BodyRecord | undefined): string {
  const text = body?.text ?? body?.base64 ?? ''
  const value = parsedJson(text)
  return value === undefined ? text : JSON.stringify(value, null, 2)
}

function isCut(body: BodyRecord | undefined): boolean {
  return body !== undefined && body.keptBytes < body.bytes
}

function statusOf({ result }: Trace): string {
  return String(result?.status ?? result?.code ?? result?.class ?? '')
}
