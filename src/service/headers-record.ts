type HeadersRecord = Record<string, string | readonly string[]>

/** A web `Headers` as a record: names in lower case, each cookie by itself. */
export function recordOf(headers: Headers): HeadersRecord {
  const cookies = headers.getSetCookie()
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) }
}
