import type { PreparedCall } from '../../outgoing/outgoing.js'
import type { CurlRequest } from '../../output/curl.js'
import type { ShellPart } from '../../output/shell.js'
import type { OutgoingDefinition, SecurityDefinition } from '../../project/schema.js'
import type { Speller } from './secrets.js'

export interface CurlSource {
  readonly prepared: PreparedCall
  readonly connection: OutgoingDefinition
  readonly security: SecurityDefinition | undefined
  readonly speller: Speller
}

/** The prepared call as curl shall send it. */
export function curlRequest({ prepared, connection, security, speller }: CurlSource): CurlRequest {
  const user = basicUser(prepared, { security, speller })
  const headers = Object.entries(prepared.headers).filter(([name]) => !user || name.toLowerCase() !== 'authorization')
  return {
    method: prepared.method,
    url: spelledUrl(prepared.url, speller),
    headers: headers.map(([name, value]) => [name, speller.field(name, value)] as const),
    user,
    body: prepared.body,
    bodyParts: bodyParts(prepared.body, speller),
    insecure: !connection.validateTls,
    caFile: connection.tlsCa,
  }
}

/** Basic credentials are base64 in their header, where no variable can stand; `-u` takes them as they are. */
function basicUser(
  { headers }: PreparedCall,
  { security, speller }: { security: SecurityDefinition | undefined; speller: Speller },
): readonly ShellPart[] | undefined {
  if (security?.type !== 'basic_auth') return undefined
  const sent = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1]
  const credentials = `${security.username}:${security.password}`
  if (sent !== `Basic ${Buffer.from(credentials).toString('base64')}`) return undefined
  return [`${security.username}:`, ...speller.field('password', security.password)]
}

function spelledUrl(url: string, speller: Speller): readonly ShellPart[] {
  const [head = '', ...rest] = url.split('?')
  if (rest.length === 0) return speller.text(url)
  const pairs = rest
    .join('?')
    .split('&')
    .map((pair) => {
      const [key = '', ...value] = pair.split('=')
      return value.length === 0 ? [pair] : [`${key}=`, ...speller.field(key, value.join('='))]
    })
  return [...speller.text(head), ...pairs.flatMap((pair, index) => [index === 0 ? '?' : '&', ...pair])]
}

/** Undefined for bytes that are no text. */
function bodyParts(body: Uint8Array | undefined, speller: Speller): readonly ShellPart[] | undefined {
  if (body === undefined) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    return speller.text(speller.fields(text))
  } catch {
    return undefined
  }
}
