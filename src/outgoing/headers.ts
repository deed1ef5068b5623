import { headerProblem } from '../project/header-rules.js'
import type { OutgoingDefinition } from '../project/schema.js'
import { version } from '../version.js'
import type { Header } from './credentials.js'
import { Mistake } from './mistake.js'
import { describe, fromEntriesHint, isPlainObject } from './plain-object.js'
import { scalarText } from './query.js'

/** What a call adds to the headers of its connection. */
export interface CallHeaders {
  readonly cid: string
  readonly traceparent: string | undefined
  /** That of the body; undefined if there is none. */
  readonly contentType: string | undefined
  /** Tells the API that a request is one that it had before. */
  readonly idempotencyKey?: string
  /** The `headers` of the call. */
  readonly own: unknown
}

type HeaderSource = Pick<OutgoingDefinition, 'dataFormat' | 'headers' | 'contentType' | 'traceHeaders'>

/**
 * The headers of a connection, compiled once. What stands further down wins: the usual ones, those of the connection, those
 * of the call, the credentials.
 */
export class HeaderPlan {
  /** Whether a call needs a `traceparent` of its own. */
  readonly sendsTraceparent: boolean
  /** Content-Type of bodies, where the connection says so. */
  readonly contentType: string | undefined
  /** Names and values in turn; where they are of the call alone, the value is empty. */
  readonly #template: readonly string[]
  /** Where values of the call stand in it; 0 if they are not sent. */
  readonly #cidAt: number
  readonly #traceparentAt: number
  readonly #hasIdempotencyKey: boolean
  /** Names of headers that nothing but the credentials may set, in lower case. */
  readonly #reserved: readonly string[]

  /**
   * @param credential the header of the credentials, if it is known already
   * @param reserved names of further headers that only credentials set, in lower case
   * @throws Mistake for a header of the connection that cannot be sent
   */
  constructor(definition: HeaderSource, credential: Header | undefined, reserved: readonly string[] = []) {
    const own = ownHeaders(definition.headers)
    this.#reserved = credential ? [...reserved, credential[0].toLowerCase()] : reserved
    for (const name of this.#reserved) own.delete(name)
    this.contentType = own.get('content-type')?.[1] ?? definition.contentType
    this.#hasIdempotencyKey = own.has('idempotency-key')
    const sendsCid = definition.traceHeaders && !own.has('x-zato-cid')
    this.sendsTraceparent = definition.traceHeaders && !own.has('traceparent')
    const all = new Map([...usualHeaders(definition), ...own])
    all.delete('content-type')
    if (credential) all.set(credential[0].toLowerCase(), credential)
    const fixed = [...all.values()].flat()
    const ofCall = [...(sendsCid ? ['X-Zato-CID', ''] : []), ...(this.sendsTraceparent ? ['traceparent', ''] : [])]
    this.#template = [...fixed, ...ofCall]
    this.#cidAt = sendsCid ? fixed.length + 1 : 0
    this.#traceparentAt = this.sendsTraceparent ? this.#template.length - 1 : 0
    if (this.contentType !== undefined) check('Content-Type', this.contentType)
  }

  /**
   * The headers of one call, names and values in turn.
   *
   * @throws Mistake for a header of the call that cannot be sent
   */
  headersOf({ cid, traceparent, contentType, idempotencyKey, own }: CallHeaders): string[] {
    const flat = this.#template.slice()
    if (this.#cidAt > 0) flat[this.#cidAt] = cid
    if (traceparent !== undefined && this.#traceparentAt > 0) flat[this.#traceparentAt] = traceparent
    if (contentType !== undefined) flat.push('Content-Type', contentType)
    if (idempotencyKey !== undefined && !this.#hasIdempotencyKey) flat.push('Idempotency-Key', idempotencyKey)
    return own === undefined ? flat : this.#merge(flat, own, contentType !== undefined)
  }

  #merge(flat: readonly string[], own: unknown, hasBody: boolean): string[] {
    const added = ownHeaders(own)
    if (!hasBody) added.delete('content-type')
    for (const name of this.#reserved) added.delete(name)
    const merged: string[] = []
    for (let index = 0; index < flat.length; index += 2) {
      const name = flat[index] ?? ''
      if (!added.has(name.toLowerCase())) merged.push(name, flat[index + 1] ?? '')
    }
    for (const [name, value] of added.values()) merged.push(name, value)
    return merged
  }
}

/** What a connection of JSON asks for. */
export const jsonAccept = 'application/json, */*;q=0.8'

function usualHeaders({ dataFormat }: HeaderSource): [string, Header][] {
  const usual: Header[] = [
    ...(dataFormat === 'json' ? [['Accept', jsonAccept] as const] : []),
    ['Accept-Encoding', 'gzip, deflate, br'],
    ['User-Agent', `zato-ts/${version}`],
  ]
  return usual.map((header) => [header[0].toLowerCase(), header])
}

/** Checked headers by their name in lower case; what is `undefined` or `null` is left out. */
function ownHeaders(headers: unknown): Map<string, Header> {
  if (!isPlainObject(headers)) {
    throw new Mistake('ZN403', `"headers" is ${describe(headers)}`, {
      hint: fromEntriesHint(headers) ?? "write headers: { 'X-Name': 'value' }",
    })
  }
  const own = new Map<string, Header>()
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value === undefined || value === null) continue
    own.set(name.toLowerCase(), [name, check(name, value)])
  }
  return own
}

function check(name: string, value: unknown): string {
  const text = scalarText(value)
  if (text === undefined) {
    const hint = Array.isArray(value) ? "join the values with ', '" : 'give a string, a number or a boolean'
    throw new Mistake('ZN404', `the header ${JSON.stringify(name)} is ${describe(value)}`, { hint })
  }
  const problem = headerProblem(name, text)
  if (problem) throw new Mistake('ZN404', problem.message, { hint: problem.hint })
  return text
}
