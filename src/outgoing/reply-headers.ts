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

/** The head of a reply as it came. Of most replies nobody asks for more than two headers: what is not asked for is never a string. */
export class ReplyHead {
  readonly #raw: readonly Buffer[]
  #headers: ReplyHeaders | undefined

  /** @param raw names and values in turn */
  constructor(raw: readonly Buffer[]) {
    this.#raw = raw
  }

  /** All of them. */
  get headers(): ReplyHeaders {
    return (this.#headers ??= readHeaders(this.#raw))
  }

  /** One of them; repeated ones are joined by `, `. @param name in lower case */
  get(name: string): string | undefined {
    let found: string | undefined
    for (let index = 0; index + 1 < this.#raw.length; index += 2) {
      if (!isNamed(this.#raw[index], name)) continue
      const value = this.#raw[index + 1]?.toString('latin1') ?? ''
      found = found === undefined ? value : `${found}, ${value}`
    }
    return found
  }
}

/** Sets the bit in which small letters differ from capital ones; a hyphen has it anyway. */
const smallLetter = 0x20

function isNamed(written: Buffer | undefined, name: string): boolean {
  if (written?.length !== name.length) return false
  for (let at = 0; at < name.length; at++) {
    if (((written[at] ?? 0) | smallLetter) !== name.charCodeAt(at)) return false
  }
  return true
}

/** Headers as an object without a prototype. */
function readHeaders(raw: readonly Buffer[]): ReplyHeaders {
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
