/** An HTTP date (RFC 9110, 5.6.7): the form of today, and the two of old. `Date.parse` alone takes much that is none. */
const httpDate =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/

/**
 * Milliseconds that a reply's `Retry-After` asks to wait (RFC 9110, 10.2.3): seconds, or a date, which counts from the
 * reply's own `Date` if it has one, so that a clock that is wrong on either side does no harm. Undefined if it asks nothing.
 */
export function retryAfterMs(
  headers: { readonly 'retry-after'?: unknown; readonly date?: unknown },
  now: number,
): number | undefined {
  const value = headers['retry-after']
  if (typeof value !== 'string') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const until = readHttpDate(value)
  if (until === undefined) return undefined
  const from = typeof headers.date === 'string' ? readHttpDate(headers.date) : undefined
  return Math.max(0, until - (from ?? now))
}

function readHttpDate(text: string): number | undefined {
  if (!httpDate.test(text)) return undefined
  // The form of C's asctime names no zone, and means UTC.
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(time) ? undefined : time
}
