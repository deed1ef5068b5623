import { headerProblem } from '../project/header-rules.js'
import type { ChannelSecurityDefinition } from '../project/schema.js'
import { Mistake } from './mistake.js'

export type Header = readonly [name: string, value: string]

/**
 * The header that carries the credentials of a security definition.
 *
 * @throws Mistake for credentials that no header can carry; it does not show them
 */
export function credentialHeader(security: ChannelSecurityDefinition): Header {
  if (security.type !== 'basic_auth') {
    refuseEmpty(security.name, security.type === 'apikey' ? security.password : security.staticToken)
  }
  const [name, value] = headerOf(security)
  const problem = headerProblem(name, value)
  if (problem === undefined) return [name, value]
  throw new Mistake('ZN504', `the credentials "${security.name}" cannot be sent: ${problem.message}`, {
    hint: problem.hint ?? 'look for a stray line break or a pasted character in the value',
  })
}

/** Sent empty, a secret would be none. @throws Mistake */
export function refuseEmpty(name: string, secret: string): void {
  if (secret.trim() !== '') return
  throw new Mistake('ZN504', `the credentials "${name}" are empty`, {
    hint: 'give the secret, or its variable, a value',
  })
}

function headerOf(security: ChannelSecurityDefinition): Header {
  switch (security.type) {
    case 'basic_auth':
      return ['Authorization', basic(security)]
    case 'apikey':
      return [security.header, security.password]
    case 'bearer_token':
      return [security.staticHeader, [security.staticPrefix.trim(), security.staticToken].filter(Boolean).join(' ')]
  }
}

/** RFC 7617, in UTF-8. */
function basic({ name, username, password }: { name: string; username: string; password: string }): string {
  if (username.includes(':')) {
    throw new Mistake('ZN504', `the credentials "${name}" cannot be sent: a user name of basic_auth holds no ":"`)
  }
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
