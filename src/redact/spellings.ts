import { inspect } from 'node:util'

/** A secret shorter than this is hidden only in its own header, query key or field. */
export const minimumSecretLength = 6

/**
 * The ways in which a secret may come to stand in a text: as it is, without the blanks around it, each of its lines; as JSON,
 * `util.inspect`, URLs, forms and JSON pointers write it, also one inside the other; and in base64.
 */
export function spellingsOf(secret: string): string[] {
  const written = withEscapes(pieces(secret))
  const all = new Set([...withEscapes(written), ...[...written].flatMap(base64Spellings)])
  return [...all].filter((spelling) => spelling.length >= minimumSecretLength)
}

/** Whoever shows a text of several lines may show them one by one, with something of their own in between. */
function pieces(secret: string): Set<string> {
  const lines = secret.split(/[\r\n\u2028\u2029]+/)
  return new Set([secret, secret.trim(), ...lines, ...lines.map((line) => line.trim())])
}

function withEscapes(texts: Iterable<string>): Set<string> {
  return new Set([...texts].flatMap((text) => [text, ...escaped(text)]))
}

/** What nothing escapes. */
const plain = /^[\w.-]*$/

function escaped(text: string): string[] {
  if (plain.test(text)) return []
  return [JSON.stringify(text).slice(1, -1), ...inspected(text), ...urlSpellings(text), pointerSpelling(text)]
}

/** Which quotes `inspect` takes, and so whether it escapes single ones, depends on the text around the secret. */
function inspected(text: string): string[] {
  const runs = text.split("'").map((run) => (plain.test(run) ? run : inspect(run, whole).slice(1, -1)))
  return [runs.join("'"), runs.join("\\'")]
}

const whole = { maxStringLength: null, breakLength: Infinity }

function urlSpellings(text: string): string[] {
  // Half a surrogate pair is no text that a URL could carry.
  const wellFormed = Buffer.from(text).toString()
  const component = encodeURIComponent(wellFormed)
  const form = component.replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
  const blanks = [component, form].map((encoded) => encoded.replaceAll('%20', '+'))
  return [encodeURI(wellFormed), component, form, ...blanks]
}

/** RFC 6901: a key in the path of a problem. */
function pointerSpelling(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** In both alphabets, also inside a URL; of the bytes that `btoa` takes, too. */
function base64Spellings(text: string): string[] {
  const isLatin1 = /[\x80-\xff]/.test(text) && /^[\0-\xff]*$/.test(text)
  const own = [Buffer.from(text), ...(isLatin1 ? [Buffer.from(text, 'latin1')] : [])].flatMap(alignedBase64)
  return own.flatMap((one) =>
    /[+/]/.test(one) ? [one, one.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(one)] : [one],
  )
}

/** Inside a longer base64 text a value starts at one of three bit offsets; the characters it shares are left out. */
function alignedBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
  })
}
