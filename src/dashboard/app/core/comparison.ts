import type { Span, Trace } from '../../../trace/record.js'
import { parsedJson } from './body-view.js'

/** Two traces side by side. */
export interface Comparison {
  readonly status: readonly [before: string, after: string]
  readonly ms: readonly [before: number, after: number]
  readonly bodies: readonly [before: string, after: string]
  readonly isBodySame: boolean
}

/** Undefined while one of them runs. */
export function compare(before: Trace, after: Trace): Comparison | undefined {
  if (before.durationMs === undefined || after.durationMs === undefined) return undefined
  const bodies = [bodyOf(before), bodyOf(after)] as const
  return {
    status: [statusOf(before), statusOf(after)],
    ms: [before.durationMs, after.durationMs],
    bodies,
    isBodySame: bodies[0] === bodies[1],
  }
}

/** What came back in the end: of the invocation, or of its last span that has an answer. */
function replyOf({ spans }: Trace): Span['response'] {
  return spans[0]?.response ?? spans.findLast(({ response }) => response !== undefined)?.response
}

/** JSON is compared by what it says, not by its blanks. */
function bodyOf(trace: Trace): string {
  const body = replyOf(trace)?.body
  const text = body?.text ?? body?.base64 ?? ''
  const value = parsedJson(text)
  return value === undefined ? text : JSON.stringify(value, null, 2)
}

function statusOf({ result }: Trace): string {
  return String(result?.status ?? result?.code ?? result?.class ?? '')
}
