import type { Incoming } from '../exchange.js'
import type { RequestBody } from './body.js'
import { mergeInput } from './input.js'

/** Input of a service without an `input` schema: path and query parameters and the payload, unchecked. */
export type UntypedInput = Readonly<Record<string, unknown>>

/** The HTTP request behind an invocation. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string
  /** As the caller sent it, without the query string. */
  readonly path: string
  /** Values of the placeholders of the channel's path, decoded. */
  readonly params: Readonly<Record<string, string>>
  /** Decoded; a key that repeats is an array. */
  readonly query: Readonly<Record<string, string | readonly string[]>>
  /** Names in lower case; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** IP address of the caller. */
  readonly remoteAddress: string
}

/** The channel that a request came through. */
export interface RequestChannel {
  readonly name: string
  /** Name and type of the security definition that authenticated the caller; absent if the channel asks for none. */
  readonly security?: { readonly name: string; readonly type: string } | undefined
}

/** What a service sees as `this.request`. Everything is worked out on first use. */
export class ServiceRequest<Input = UntypedInput> {
  readonly #incoming: Incoming
  readonly #body: RequestBody
  readonly #takesParams: boolean
  #input: { readonly value: unknown } | undefined
  #http: HttpRequest | undefined

  constructor(incoming: Incoming, body: RequestBody, { takesParams }: { takesParams: boolean }) {
    this.#incoming = incoming
    this.#body = body
    this.#takesParams = takesParams
  }

  /**
   * The body, as the channel's `data_format` reads it: `json` whatever JSON can hold, whichever Content-Type came with it;
   * `form` an object of its fields; `xml`, `csv` and `text` a string. Undefined if the body is empty. In an invoked
   * service: what was passed to `invoke`.
   */
  get payload(): unknown {
    return this.#body.payload
  }

  /**
   * The body as text, decoded by the charset of its Content-Type, UTF-8 by default.
   *
   * @throws MalformedBody, 400 to the caller, if the bytes are no text in that charset
   */
  get text(): string {
    return this.#body.text
  }

  /** The body, byte for byte: what a signature is checked against. */
  get raw(): Uint8Array {
    return this.#body.raw
  }

  /**
   * Payload, query and path parameters in one object: path wins over query, both win over the payload, unless the channel
   * says otherwise. A payload that is no object is not merged: input then holds query and path parameters, or is the
   * payload if there are none. With an `input` schema: what the schema made of that.
   */
  get input(): Input {
    this.#input ??= { value: mergeInput(this.#body.payload, this.#takesParams ? this.#incoming : undefined) }
    // What it is, only a schema can promise, and then it has set the value.
    return this.#input.value as Input
  }

  /** The HTTP request. In an invoked service: the one that it all began with. */
  get http(): HttpRequest {
    const { method, path, params, query, headers, remoteAddress } = this.#incoming
    return (this.#http ??= { method, path, params, query, headers, remoteAddress })
  }

  /** What the request came through; undefined if it came from `zato-ts invoke`. */
  get channel(): RequestChannel | undefined {
    const { channel } = this.#incoming
    return channel && { name: channel.name, security: channel.security }
  }

  /** Puts what a schema made of the input in its place. */
  static replaceInput(request: ServiceRequest, value: unknown): void {
    request.#input = { value }
  }
}
