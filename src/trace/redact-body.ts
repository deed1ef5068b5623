import { type Redactor, redacted } from '../redact.js'

/**
 * A body that may be shown: known secrets are hidden wherever they stand, and what stands under the name of a secret in JSON,
 * in a form and in the addresses of a text.
 */
export function redactBody(text: string, type: string | undefined, redactor: Redactor): string {
  if (type?.toLowerCase().includes('x-www-form-urlencoded')) return redactForm(text, redactor)
  const known = redactor.url(text)
  return known.includes('"')
    ? known.replace(jsonPair, (pair, key: string, colon: string) => {
        return hides(key, redactor) ? `"${key}"${colon}"${redacted}"` : pair
      })
    : known
}

/** Takes linear time over any text: keys are short, and a value that does not end is one all the same. */
const jsonPair = /"((?:[^"\\]|\\.){1,64})"(\s{0,16}:\s{0,16})("(?:[^"\\]|\\.)*"?|[^\s,}\]{["]+)/gs

function redactForm(text: string, redactor: Redactor): string {
  const pairs = text.split('&').map((pair) => {
    const [key = '', ...value] = pair.split('=')
    return value.length > 0 && hides(decoded(key), redactor) ? `${key}=${redacted}` : pair
  })
  return redactor.url(pairs.join('&'))
}

function hides(name: string, redactor: Redactor): boolean {
  return redactor.field(name, '') !== ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
