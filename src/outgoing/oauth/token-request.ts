import type { OAuthDefinition } from '../../project/schema.js'
import { version } from '../../version.js'

/** What is posted to a token endpoint. */
export interface TokenRequest {
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: Buffer
}

type RequestSource = Pick<
  OAuthDefinition,
  | 'username'
  | 'password'
  | 'clientIdField'
  | 'clientSecretField'
  | 'tokenEndpointAuthMethod'
  | 'grantType'
  | 'dataFormat'
  | 'extraFields'
>

/**
 * The request for a token by the client credentials grant (RFC 6749, 4.4). The client authenticates in the body, or with
 * Basic, whose user name and password are form-encoded first (RFC 6749, 2.3.1).
 *
 * @param scopes separated by blanks; empty for those that the server gives by itself
 */
export function tokenRequest(definition: RequestSource, scopes: string): TokenRequest {
  const { dataFormat, extraFields } = definition
  const usesBasic = definition.tokenEndpointAuthMethod === 'client_secret_basic'
  const fields: Record<string, string> = Object.assign(
    { grant_type: definition.grantType },
    usesBasic ? {} : clientFields(definition),
    scopes === '' ? {} : { scope: scopes },
    extraFields,
  )
  const isJson = dataFormat === 'json'
  const text = isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString()
  return {
    headers: [
      ...['Accept', 'application/json'],
      ...['Content-Type', isJson ? 'application/json' : 'application/x-www-form-urlencoded'],
      ...['Cache-Control', 'no-cache'],
      ...['User-Agent', `zato-ts/${version}`],
      ...(usesBasic ? ['Authorization', basic(definition)] : []),
    ],
    body: Buffer.from(text),
  }
}

function clientFields({ clientIdField, clientSecretField, username, password }: RequestSource): Record<string, string> {
  return { [clientIdField]: username, [clientSecretField]: password }
}

function basic({ username, password }: RequestSource): string {
  return `Basic ${Buffer.from(`${formEncode(username)}:${formEncode(password)}`).toString('base64')}`
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}
