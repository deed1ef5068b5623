import { util } from 'undici'

/**
 * Headers of a reply: names in lower case, repeated ones joined by `, `, `set-cookie` an array. The object has no
 * prototype.
 */
export interface ReplyHeaders {
  readonly 'set-cookie'?: readonly string[]
  readonly 'cache-control'?: string
  readonly 'content-disposition'?: string
  readonly 'content-encoding'?: string
  readonly 'content-language'?: string
  readonly 'content-length'?: string
  readonly 'content-type'?: string
  readonly date?: string
  readonly etag?: string
  readonly expires?: string
  readonly 'last-modified'?: string
  readonly link?: string
  readonly location?: string
  readonly 'retry-after'?: string
  readonly server?: string
  readonly 'transfer-encoding'?: string
  readonly vary?: string
  readonly 'www-authenticate'?: string
  readonly [own: `x-${string}`]: string | undefined
  readonly [name: string]: string | readonly string[] | undefined
}

/** Headers as they came, names and values in turn, as an object without a prototype. */
export function readHeaders(raw: readonly Buffer[]): ReplyHeaders {
  const headers = Object.create(null) as Record<string, string | string[]>
  for (let index = 0; index + 1 < raw.length; index += 2) {
    // Names that are known it finds without making a string.
    const name = util.headerNameToString(raw[index] as Buffer)
    const value = (raw[index + 1] as Buffer).toString('latin1')
    const before = headers[name]
    if (name === 'set-cookie') {
      if (Array.isArray(before)) before.push(value)
      else headers[name] = [value]
    } else {
      headers[name] = typeof before === 'string' ? `${before}, ${value}` : value
    }
  }
  return headers as ReplyHeaders
}
