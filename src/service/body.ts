import type { DataFormat } from '../exchange.js'
import { stringifyExactly } from '../outgoing/lossless-number.js'
import { MalformedBody } from './errors.js'
import { parseForm } from './form.js'
import { parseJson } from './json.js'
import { decodeText } from './text.js'

/** The body of a request in the three shapes that a service may ask for. */
export interface RequestBody {
  /** As the channel's `data_format` reads it; undefined if the body is empty. */
  readonly payload: unknown
  /** Decoded by the charset of the Content-Type. */
  readonly text: string
  /** As it was sent. */
  readonly raw: Uint8Array
}

/**
 * A body that came in as bytes. JSON is parsed at once, so that a malformed one never reaches a service; all else is
 * decoded on first use.
 *
 * @throws MalformedBody
 */
export class ReceivedBody implements RequestBody {
  readonly raw: Uint8Array
  readonly #format: DataFormat
  readonly #contentType: string | undefined
  #payload: unknown
  #text: string | undefined

  constructor(raw: Uint8Array, format: DataFormat, contentType: string | undefined) {
    this.raw = raw
    this.#format = format
    this.#contentType = contentType
    if (format === 'json' && raw.length > 0) this.#payload = parseJson(raw)
  }

  get payload(): unknown {
    if (this.#payload === undefined && this.raw.length > 0) this.#payload = this.#parse()
    return this.#payload
  }

  get text(): string {
    return (this.#text ??= decodeText(this.raw, this.#contentType))
  }

  #parse(): unknown {
    if (this.#format !== 'form') return this.text.replace(/^\uFEFF/, '')
    if (/^\s*multipart\//i.test(this.#contentType ?? '')) {
      throw new MalformedBody('A form channel reads application/x-www-form-urlencoded, not multipart')
    }
    return parseForm(this.text)
  }
}

/** What another service passed to `invoke`: a value that was never text. */
export class PassedBody implements RequestBody {
  readonly payload: unknown

  constructor(payload: unknown) {
    this.payload = payload
  }

  get text(): string {
    const { payload } = this
    if (payload instanceof Uint8Array) return decodeText(payload, undefined)
    return typeof payload === 'string' ? payload : (stringifyExactly(payload) ?? '')
  }

  get raw(): Uint8Array {
    const { payload } = this
    return payload instanceof Uint8Array ? payload : Buffer.from(this.text)
  }
}
