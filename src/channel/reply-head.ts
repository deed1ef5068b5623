import type { OutcomeHeaders } from '../exchange.js'

/** What says where a message ends and how it travels is the listener's business, and so is the cid. */
const ours = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-zato-cid',
])

/** 200 to 599: anything else cannot be the last word on a request. */
export function isPossibleStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599
}

/** RFC 9110: replies with these never have a body. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/**
 * The headers of a service, names and values in turn, appended to what the listener says by itself in `head`. Where the
 * listener answers CORS, a service does not.
 */
export function appendHeaders(head: (string | string[])[], headers: OutcomeHeaders, isProblem: boolean): void {
  const answersCors = head.includes('Access-Control-Allow-Origin')
  for (const [name, value] of Object.entries(headers)) {
    const lowerCase = name.toLowerCase()
    if (ours.has(lowerCase)) continue
    if (isProblem && lowerCase.startsWith('content-')) continue
    if (answersCors && (lowerCase === 'access-control-allow-origin' || lowerCase === 'access-control-expose-headers')) continue
    if (lowerCase === 'vary' && mergeVary(head, String(value))) continue
    head.push(name, typeof value === 'string' ? value : [...value])
  }
}

function mergeVary(head: (string | string[])[], value: string): boolean {
  const at = head.indexOf('Vary')
  if (at === -1) return false
  head[at + 1] = value.trim() === '*' ? '*' : `Origin, ${value}`
  return true
}
