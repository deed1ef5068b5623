/**
 * The one redactor. It sits before every sink that we write: logs, errors, traces, `--curl`, `-v`.
 */

/** What stands in place of a secret. */
export const redacted = '[redacted]'

/** A secret shorter than this is hidden only in its own header, query key or field. */
export const minimumSecretLength = 6

const sensitiveNames = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-amz-security-token',
])

const sensitiveWord =
  /(^|[-_.])(access|refresh|id|auth|api|client)?[-_]?(token|secret|passwords?|passwd|passphrase|api[-_]?key|apikey|session|signature|credentials?)($|[-_.])/i

/** Whether a header, query key or field of this name holds a secret by convention. */
export function isSensitiveName(name: string): boolean {
  return sensitiveNames.has(name.toLowerCase()) || sensitiveWord.test(name)
}

/** Starts at the slashes, not at the scheme before them, so that it takes linear time over any text. */
const userinfo = /:\/\/[^\s/?#]+@/g

export interface Redactor {
  /** Hides this too from now on: a secret that only came to be known later, such as a token that was fetched. */
  learn(secret: string): void
  /** Hides every known secret in `text`, in plain, base64 and URL-encoded form, and userinfo in URLs. */
  text(text: string): string
  /** `value`, or the marker if a header, query key or field of this name holds a secret. */
  field(name: string, value: string): string
  /** A copy of `headers` that may be shown. */
  headers<T extends string | readonly string[]>(headers: Readonly<Record<string, T>>): Record<string, T>
  /** An address that may be shown: no userinfo, no secret in its query. */
  url(url: string): string
}

/**
 * Makes a redactor that knows these secrets.
 *
 * @param secrets values to hide wherever they appear; those under six characters are hidden by name only
 * @param names further header, query and field names whose value is a secret, such as an `apikey` definition's header
 */
export function createRedactor(secrets: readonly string[], names: readonly string[] = []): Redactor {
  const known = new Set(secrets)
  let pattern = secretPattern(known)
  const ownNames = new Set(names.map((name) => name.toLowerCase()))

  const text = (value: string): string => {
    const withoutUserinfo = value.replace(userinfo, `://${redacted}@`)
    return pattern ? withoutUserinfo.replace(pattern, redacted) : withoutUserinfo
  }
  const field = (name: string, value: string): string =>
    ownNames.has(name.toLowerCase()) || isSensitiveName(name) ? redacted : text(value)

  return {
    learn(secret: string): void {
      if (known.has(secret)) return
      known.add(secret)
      pattern = secretPattern(known)
    },
    text,
    field,
    headers<T extends string | readonly string[]>(headers: Readonly<Record<string, T>>): Record<string, T> {
      const shown = Object.entries(headers).map(([name, value]): [string, T] => [
        name,
        (typeof value === 'string' ? field(name, value) : value.map((one) => field(name, one))) as T,
      ])
      return Object.fromEntries(shown)
    },
    url(url: string): string {
      const [head = '', ...rest] = url.split('?')
      if (rest.length === 0) return text(url)
      const query = rest
        .join('?')
        .split('&')
        .map((pair) => queryPair(pair, { text, field }))
      return `${text(head)}?${query.join('&')}`
    },
  }
}

function queryPair(pair: string, { text, field }: Pick<Redactor, 'text' | 'field'>): string {
  const [key = '', ...value] = pair.split('=')
  if (value.length === 0) return text(pair)
  return `${text(key)}=${field(safeDecode(key), value.join('='))}`
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function secretPattern(secrets: Iterable<string>): RegExp | undefined {
  const spellings = [...secrets].filter((secret) => secret.length >= minimumSecretLength).flatMap(spellingsOf)
  if (spellings.length === 0) return undefined
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map(escapeRegExp).join('|'), 'gi')
}

/**
 * The ways a secret may be written: as it is, URL-encoded (as a component, as a form, and once more inside another URL),
 * in JSON, and base64 at each of the three alignments.
 */
function spellingsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const url = safeEncode(secret)
  const form = new URLSearchParams([['', secret]]).toString().slice(1)
  const encoded = [url, url.replaceAll('%20', '+'), form, safeEncode(url)]
  return [secret, ...encoded, json, ...base64Spellings(Buffer.from(secret))]
}

/** Inside a longer base64 text a value starts at one of three bit offsets; the characters it shares are left out. */
function base64Spellings(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor(((offset + bytes.length) * 8) / 6)
    const own = text.slice(first, last)
    return own.length < minimumSecretLength ? [] : [own, own.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function safeEncode(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
