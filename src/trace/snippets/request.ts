import type { ShellPart } from './shell.js'

/** A request that shall be sent again by hand, with all that is known of it. Nothing of it is secret. */
export interface SnippetRequest {
  readonly method: string
  readonly url: string
  /** As they were sent; what was hidden is `[redacted]`. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array | undefined
  /** What of it is not there, in words. */
  readonly missing?: readonly string[] | undefined
  /** Of a call through a connection. */
  readonly call?: SnippetCall | undefined
  /** Of a trace that can be repeated by its id. */
  readonly traceId?: number | undefined
}

export interface SnippetCall {
  readonly connection: string
  readonly dataFormat: string
  readonly params: Readonly<Record<string, string | readonly string[]>>
  /** Those that the connection does not send by itself. */
  readonly ownHeaders: readonly (readonly [name: string, value: string])[]
}

/** How what is hidden can be written, by the configuration of today. */
export interface Spelling {
  /** The value of a header; undefined if the configuration does not know it. */
  header(name: string): readonly ShellPart[] | undefined
  /** User and password of Basic authentication, in place of its header. */
  readonly user?: readonly ShellPart[] | undefined
  readonly insecure?: boolean | undefined
  readonly caFile?: string | undefined
}

export const hidden = '[redacted]'

const madeByTransport = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'expect'])

/** The headers that have to be given, so that what is sent is the same. */
export function headersToSend({ headers }: SnippetRequest): readonly (readonly [name: string, value: string])[] {
  return headers.filter(([name]) => !madeByTransport.has(name.toLowerCase()))
}

/** Undefined for bytes that are no text. */
export function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}

export function base64Of(body: Uint8Array): string {
  return btoa(Array.from(body, (byte) => String.fromCharCode(byte)).join(''))
}
