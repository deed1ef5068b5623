import type { Logger } from '../../log.js'
import { refusalHint } from '../../project/refusal.js'
import type { OAuthDefinition } from '../../project/schema.js'
import type { Redactor } from '../../redact.js'
import { refuseEmpty } from '../credentials.js'
import { NotConfigured } from '../errors.js'
import { KeptHere } from '../kept.js'
import { Mistake } from '../mistake.js'
import type { Environment } from '../proxy-choice.js'
import type { Token } from './token.js'
import { TokenFailure, tokenError } from './token-failure.js'
import { Tokens } from './tokens.js'

export interface FetchNow {
  /** In place of those of the definition. */
  readonly scopes?: string | undefined
  readonly environment: Environment
  readonly redactor: Redactor
  readonly log: Logger
  readonly signal: AbortSignal
}

/**
 * Fetches one token, as a call would that needs one.
 *
 * @throws OutgoingError, or what the signal was aborted with
 */
export async function fetchTokenNow(
  definition: OAuthDefinition,
  { scopes = definition.scopes, environment, redactor, log, signal }: FetchNow,
): Promise<Token> {
  const facts = { connection: definition.name }
  const tokens = new Tokens({ kept: new KeptHere(), environment, redactor, log })
  const stop = () => void tokens.close()
  signal.addEventListener('abort', stop)
  try {
    refuse(definition)
    return await tokens.sourceOf(definition, scopes).token()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof TokenFailure) throw tokenError(error, { facts, redactor })
    if (!(error instanceof Mistake)) throw error
    const { code, message, hint } = error
    throw new NotConfigured(code, redactor.text(`No token of "${definition.name}": ${message}`), { facts, hint })
  } finally {
    signal.removeEventListener('abort', stop)
    await tokens.close()
  }
}

function refuse({ name, password, refusal, isActive }: OAuthDefinition): void {
  if (refusal) {
    const code = refusal.code === 'missing-variable' ? 'ZN502' : 'ZN504'
    throw new Mistake(code, refusal.reason, { hint: refusalHint(refusal) })
  }
  if (!isActive) throw new Mistake('ZN504', 'the definition is inactive', { hint: 'is_active: true makes it work' })
  refuseEmpty(name, password)
}
