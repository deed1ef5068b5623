import { BadReply, type CallFacts, type OutgoingError } from '../errors.js'
import { failureError } from '../failure.js'
import type { Failure } from '../failure-reason.js'
import type { Redactor } from '../../redact.js'
import type { OAuthDefinition } from '../../project/schema.js'
import type { Proxy } from '../proxy-choice.js'
import type { Refusal } from './token-reply.js'

/** Why a token could not be fetched: whoever waits for it makes an error of their own of it. */
export class TokenFailure extends Error {
  readonly why: Failure | Refusal
  readonly definition: OAuthDefinition
  readonly proxy: Proxy | undefined

  constructor(
    why: Failure | Refusal,
    { definition, proxy }: { definition: OAuthDefinition; proxy: Proxy | undefined },
  ) {
    super(`No token of "${definition.name}"`)
    this.why = why
    this.definition = definition
    this.proxy = proxy
  }
}

/** The error for one call that waited for a token. It names the endpoint and what it said, and no secret. */
export function tokenError(
  { why, definition, proxy }: TokenFailure,
  { facts, redactor }: { facts: CallFacts; redactor: Redactor },
): OutgoingError {
  const url = redactor.url(definition.authServerUrl)
  const prefix = `No token for "${facts.connection}": `
  if ('refusal' in why) {
    const message = redactor.text(`${prefix}POST ${url} failed: ${why.refusal}`)
    const fields = why.isClient ? 'username and password' : 'scopes and extra_fields'
    const hint = `check ${fields} of the security definition "${definition.name}"`
    return new BadReply('ZN303', message, { facts: { ...facts, phase: 'token' }, hint })
  }
  return failureError(why, {
    facts: { ...facts, method: 'POST', url },
    phase: 'token',
    prefix,
    subject: { name: definition.name, addressField: 'auth_server_url' },
    origin: new URL(definition.authServerUrl).origin,
    timeoutMs: definition.timeout * 1000,
    poolSize: tokenPoolSize,
    stream: false,
    proxy,
    redactor,
  })
}

/** Tokens of different scopes may be asked for at once. */
export const tokenPoolSize = 4
