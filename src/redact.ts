import { endsIn, keysOf, replaceFields } from './redact/fields.js'
import { redacted } from './redact/mark.js'
import { SecretPattern } from './redact/pattern.js'

export { redacted } from './redact/mark.js'
export { minimumSecretLength } from './redact/spellings.js'

/**
 * The one redactor. It sits before every sink that we write: logs, errors, traces, `--curl`, `-v`.
 */

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
  /(^|[-_.])(access|refresh|id|auth|api|client)?[-_]?(token|secret|passwords?|passwd|passphrase|api[-_]?key|apikey|session|signature|assertion|credentials?)($|[-_.])/i

/** Whether a header, query key or field of this name holds a secret by convention. */
export function isSensitiveName(name: string): boolean {
  return sensitiveNames.has(name.toLowerCase()) || sensitiveWord.test(name)
}

/** Starts at the slashes, not at the scheme before them, so that it takes linear time over any text. */
const userinfo = /:\/\/[^\s/?#]+@/g

/** A key and its value in the query or the fragment of an address, which may stand inside another text. */
const addressPair = /([?&#;])([^?&#;=\s"<>]+)=([^&#\s"<>]*)/g

/** A form, as a body; what has blanks or line breaks is none. */
const formBody = /^[^\s=&{}"<>]+=[^\s{}"<>]*$/
const formPair = /(^|&)([^&=]+)=([^&]*)/g

/** Names come again and again, and judging one costs more than remembering it; a hostile caller could send any number. */
const mostVerdicts = 1000
const longestVerdict = 64

export interface Redactor {
  /** Hides this too from now on: a secret that only came to be known later, such as a token that was fetched. */
  learn(secret: string): void
  /** Hides every known secret in `text`, however it is written there (`redact/spellings.ts`), and userinfo in URLs. */
  text(text: string): string
  /** `value`, or the marker if a header, query key or field of this name holds a secret. */
  field(name: string, value: string): string
  /** Whether a field is hidden because of its name, or because the keys on the way to it end in a path that is. */
  hides(way: readonly string[]): boolean
  /**
   * A body, or another text that may hold JSON or a form, with each field hidden by its name or path; no known secret is looked
   * for, which is the work of `text`.
   *
   * @param keep values that stay: those that stand for themselves
   */
  fields(text: string, keep?: (value: string) => boolean): string
  /** A copy of `headers` that may be shown: values are hidden by the names of headers, and of what stands in addresses. */
  headers<T extends string | readonly string[]>(headers: Readonly<Record<string, T>>): Record<string, T>
  /** An address, or a text with addresses in it, that may be shown: no userinfo, no secret in a query or a fragment. */
  url(url: string): string
}

/** What a project says of what must be shown nowhere. */
export interface ProjectSecrets {
  readonly secrets: readonly string[]
  readonly secretNames: readonly string[]
  readonly secretPaths: readonly string[]
}

/** The redactor of a project; of one that could not be read, it knows what is a secret by convention alone. */
export function redactorOf(project: ProjectSecrets | undefined): Redactor {
  return createRedactor(project?.secrets ?? [], project?.secretNames, project?.secretPaths)
}

/**
 * Makes a redactor that knows these secrets.
 *
 * @param secrets values to hide wherever they appear; those under six characters are hidden by name only
 * @param names further header, query and field names whose value is a secret, such as an `apikey` definition's header
 * @param paths of fields of JSON whose value is a secret: `card.number`, `items[].iban`
 */
export function createRedactor(
  secrets: readonly string[],
  names: readonly string[] = [],
  paths: readonly string[] = [],
): Redactor {
  const pattern = new SecretPattern(secrets)
  const ownNames = new Set(names.map((name) => name.toLowerCase()))

  const text = (value: string): string => {
    const known = pattern.replace(value, redacted)
    return known.includes('@') ? known.replace(userinfo, `://${redacted}@`) : known
  }
  const verdicts = new Map<string, boolean>()
  const hides = (name: string): boolean => {
    let verdict = verdicts.get(name)
    if (verdict === undefined) {
      verdict = ownNames.has(name.toLowerCase()) || isSensitiveName(name)
      if (verdicts.size < mostVerdicts && name.length <= longestVerdict) verdicts.set(name, verdict)
    }
    return verdict
  }
  const ways = paths.map(keysOf)
  const hidesWay = (way: readonly string[]): boolean =>
    hides(way.at(-1) ?? '') || ways.some((path) => endsIn(way, path))
  const fields: Redactor['fields'] = (value, keep = () => false) => {
    const replace = (written: string) => (keep(written) ? written : `"${redacted}"`)
    if (value.includes(':')) return replaceFields(value, { hides: hidesWay, replace })
    if (!formBody.test(value)) return value
    return value.replace(formPair, (pair: string, mark: string, key: string, text: string) =>
      hides(safeDecode(key)) && !keep(text) ? `${mark}${key}=${redacted}` : pair,
    )
  }
  const field = (name: string, value: string): string => (hides(name) ? redacted : text(value))
  const url = (value: string): string => {
    const known = text(value)
    if (!mayHoldPair(known, hides)) return known
    return known.replace(addressPair, (pair: string, mark: string, key: string) =>
      hides(safeDecode(key)) ? `${mark}${key}=${redacted}` : pair,
    )
  }
  const header = (name: string, value: string): string => (hides(name) ? redacted : url(value))

  return {
    learn: (secret) => pattern.add(secret),
    hides: hidesWay,
    fields,
    text,
    field,
    url,
    headers<T extends string | readonly string[]>(headers: Readonly<Record<string, T>>): Record<string, T> {
      const shown = Object.entries(headers).map(([name, value]): [string, T] => [
        name,
        (typeof value === 'string' ? header(name, value) : value.map((one) => header(name, one))) as T,
      ])
      return Object.fromEntries(shown)
    },
  }
}

/**
 * Whether a key before an equals sign would be hidden. Every request and every call has an address to show and next to none
 * holds a secret: this takes a tenth of the time of `addressPair`, and stops where that must decide.
 */
function mayHoldPair(text: string, hides: (name: string) => boolean): boolean {
  for (let equals = text.indexOf('='); equals !== -1; equals = text.indexOf('=', equals + 1)) {
    let start = equals
    while (start > 0 && !endsKey(text.charCodeAt(start - 1))) start--
    if (hides(safeDecode(text.slice(start, equals)))) return true
  }
  return false
}

/** What no key of `addressPair` holds: `?&#;=<>`, quotes and blanks. */
function endsKey(code: number): boolean {
  if (code >= 0x80) return blank.test(String.fromCharCode(code))
  const isMark = code === 0x22 || code === 0x23 || code === 0x26 || (code >= 0x3b && code <= 0x3f)
  return isMark || code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

const blank = /\s/

function safeDecode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
