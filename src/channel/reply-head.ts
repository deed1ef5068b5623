import type { ServerResponse } from 'node:http'
import type { OutcomeHeaders } from '../exchange.js'

/** Headers as they are written: names and values in turn; an array is sent once for each of its values. */
export type Head = (string | string[])[]

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

/** Sends the head by itself. Without a piece of the body Node would write it as UTF-8, unlike any other head. */
export function flushHead(response: ServerResponse): void {
  response.req.socket.setDefaultEncoding('latin1')
  response.flushHeaders()
}

/** 200 to 599: anything else cannot be the last word on a request. */
export function isPossibleStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599
}

/** RFC 9110: replies with these never have a body. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

/**
 * Adds the headers of a service to what the listener says by itself. Where the listener answers CORS, a service does not;
 * a problem document has no other content headers than its own.
 */
export function appendHeaders(head: Head, headers: OutcomeHeaders, { isProblem = false } = {}): void {
  const answersCors = indexOfHeader(head, 'Access-Control-Allow-Origin') !== -1
  for (const [name, value] of Object.entries(headers)) {
    const lowerCase = name.toLowerCase()
    if (ours.has(lowerCase)) continue
    if (isProblem && lowerCase.startsWith('content-')) continue
    if (answersCors && lowerCase.startsWith('access-control-')) continue
    if (lowerCase === 'vary' && mergeVary(head, String(value))) continue
    head.push(name, typeof value === 'string' ? value : [...value])
  }
}

function mergeVary(head: Head, value: string): boolean {
  const at = indexOfHeader(head, 'Vary')
  if (at === -1) return false
  head[at + 1] = value.trim() === '*' ? '*' : `Origin, ${value}`
  return true
}

/** A value, such as a cid that the caller chose, may look like a name. */
function indexOfHeader(head: Head, name: string): number {
  for (let at = 0; at < head.length; at += 2) {
    if (head[at] === name) return at
  }
  return -1
}
