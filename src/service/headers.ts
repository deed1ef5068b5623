import { validateHeaderName, validateHeaderValue } from 'node:http'
import { ZatoError } from '../errors.js'
import type { Logger } from '../log.js'
import type { ResponseHeaders } from './response.js'

type HeaderValue = ResponseHeaders[string]

/** What says where a message ends and how it travels is the server's business. */
const framing = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The headers of a service as they are sent: names in lower case, values as text. Those that frame the message are left out
 * with a warning.
 *
 * @throws ZatoError ZS303 for a header that HTTP cannot carry
 */
export function toOutcomeHeaders(
  headers: ResponseHeaders,
  context: { readonly logger: Logger },
): Record<string, string | string[]> {
  const given: [string, HeaderValue | null][] = Object.entries(headers)
  if (given.length === 0) return {}
  const sent = given.flatMap(([name, value]): [string, string | string[]][] => {
    // `null` too: not every service is type-checked.
    if (value === undefined || value === null) return []
    const lowerCase = name.toLowerCase()
    if (framing.has(lowerCase)) {
      context.logger.warn(`The header "${name}" is left out: the server frames the reply itself`)
      return []
    }
    const text = Array.isArray(value) ? value.map(String) : String(value)
    check(name, text)
    return [[lowerCase, text]]
  })
  return Object.fromEntries(sent)
}

function check(name: string, value: string | string[]): void {
  try {
    validateHeaderName(name)
    for (const one of [value].flat()) validateHeaderValue(name, one)
  } catch (cause) {
    throw new ZatoError('ZS303', `The header ${JSON.stringify(name)} of the response cannot be sent`, {
      cause,
      hint: 'a name is letters, digits and dashes; a value is Latin-1 text without control characters',
    })
  }
}
