import { type InspectOptions, inspect } from 'node:util'
import { decodeText } from './charset.js'
import { BadCall, BadReply, type CallFacts } from './errors.js'
import { parseLossless } from './lossless-json.js'
import { isJsonType } from './media-type.js'
import type { ReplyHead, ReplyHeaders } from './reply-headers.js'

export type { ReplyHeaders } from './reply-headers.js'

export interface ResponseParts {
  readonly statusCode: number
  readonly head: ReplyHead
  /** The decoded body, or the stream of it. */
  readonly body: Uint8Array | ReadableStream<Uint8Array>
  readonly url: string
  readonly elapsedMs: number
  readonly attempts: number
  /** Whether the connection's `data_format` is json: then `data` is parsed whatever the media type. */
  readonly expectsJson: boolean
  /** Whether the connection says `json: lossless`. */
  readonly isLossless: boolean
  /** What a schema, or a `response_map`, has made of the data. */
  readonly checked?: { readonly value: unknown }
  /** For errors that are thrown while the body is read. */
  readonly facts: CallFacts
}

interface Parsed {
  readonly data: unknown
  readonly error?: string
}

/**
 * What an API answered. A status never throws by itself: look at `ok` or `statusCode`.
 *
 * @example
 * const response = await conn.get(this.cid)
 * if (!response.ok) throw new Error(`The API answered ${response.statusCode}`)
 * this.response.payload = response.data
 */
export class RestResponse<T = unknown> {
  readonly statusCode: number
  /** The address that was called, with its query. */
  readonly url: string
  /** Milliseconds from the call to the last byte of the reply; with `stream` to its head. */
  readonly elapsedMs: number
  /** How often the request was sent; more than 1 if a socket turned out to be dead. */
  readonly attempts: number
  readonly #parts: ResponseParts
  #text: string | undefined
  #parsed: Parsed | undefined

  constructor(parts: ResponseParts) {
    this.statusCode = parts.statusCode
    this.url = parts.url
    this.elapsedMs = parts.elapsedMs
    this.attempts = parts.attempts
    this.#parts = parts
  }

  get headers(): ReplyHeaders {
    return this.#parts.head.headers
  }

  /** Whether the status is 2xx. */
  get ok(): boolean {
    return this.statusCode >= 200 && this.statusCode < 300
  }

  /**
   * What the body holds. JSON is parsed, upon the first access, if the reply says that it is JSON or the connection's
   * `data_format` is json; a body that turns out not to be JSON is text, and `parseError` says why. Other bodies are text.
   * An empty one is null. With `json: lossless` at the connection, a number that JavaScript would change is a
   * `LosslessNumber`.
   */
  get data(): T {
    return this.#parse().data as T
  }

  /** Whether `data` is not what the body holds, but what a `response_map` or a schema has made of it. */
  get isReshaped(): boolean {
    return this.#parts.checked !== undefined
  }

  /** Why `data` is text and not the JSON that it should be. */
  get parseError(): string | undefined {
    return this.#parse().error
  }

  /** The body as text, in the charset that the reply names. */
  get text(): string {
    return (this.#text ??= decodeText(this.#bytes(), this.#parts.head.get('content-type')))
  }

  /** The body's bytes: content codings such as gzip undone, nothing else. */
  get raw(): Uint8Array {
    return this.#bytes()
  }

  /** Whether the call asked for `stream: true`: then there is `body`, and no `data`, `text` or `raw`. */
  get isStream(): boolean {
    return !(this.#parts.body instanceof Uint8Array)
  }

  /** The body as a stream, content codings undone. One that fails says why with the error that the call would have thrown. */
  get body(): ReadableStream<Uint8Array> {
    const { body } = this.#parts
    return body instanceof Uint8Array ? streamOf(body) : body
  }

  /**
   * The body as JSON, whatever its media type; null if it is empty.
   *
   * @throws BadReply if it is not JSON
   */
  json(): T {
    const { data, error } = parseJson(this.text, this.#parts)
    if (error === undefined) return data as T
    const { facts } = this.#parts
    // Without the reason: it quotes the reply, which is no business of whoever reads the error.
    throw new BadReply('ZN301', `The reply of "${facts.connection}" is not JSON`, {
      facts,
      hint: 'take text, or check statusCode first: errors of an API are often HTML',
    })
  }

  /** What `console.log` shows, and JSON holds, of it: all but the body. */
  toJSON(): Pick<RestResponse, 'statusCode' | 'headers' | 'url' | 'elapsedMs' | 'attempts'> {
    const { statusCode, headers, url, elapsedMs, attempts } = this
    return { statusCode, headers, url, elapsedMs, attempts }
  }

  [inspect.custom](depth: number, options: InspectOptions): string {
    return `RestResponse ${inspect(this.toJSON(), { ...options, depth })}`
  }

  #parse(): Parsed {
    return (this.#parsed ??= this.#parseOnce())
  }

  #parseOnce(): Parsed {
    const { checked, expectsJson } = this.#parts
    const parsed = this.#parseAs(expectsJson || isJsonType(this.#parts.head.get('content-type')))
    return checked ? { ...parsed, data: checked.value } : parsed
  }

  #parseAs(json: boolean): Parsed {
    if (this.#bytes().length === 0) return { data: null }
    return json ? parseJson(this.text, this.#parts) : { data: this.text }
  }

  #bytes(): Uint8Array {
    const { body, facts } = this.#parts
    if (body instanceof Uint8Array) return body
    throw new BadCall('ZN403', `The reply of "${facts.connection}" is a stream: it has no data, text or raw`, {
      facts,
      hint: 'read response.body, or leave out stream: true',
    })
  }
}

/** What a text holds, or why it is no JSON. */
export function parseJson(text: string, { isLossless }: { readonly isLossless: boolean }): Parsed {
  if (text === '') return { data: null }
  try {
    return { data: isLossless ? parseLossless(text) : (JSON.parse(text) as unknown) }
  } catch (error) {
    return { data: text, error: (error as SyntaxError).message }
  }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes)
      controller.close()
    },
  })
}
