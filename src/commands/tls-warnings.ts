import { isNodeUnverified, unverifiedNode } from '../project/node-tls.js'
import type { Project } from '../project/project.js'
import { type SecurityDefinition, isOAuth } from '../project/schema.js'
import type { Context } from './context.js'
import { sayWarning } from './say.js'

/** Warns of an environment that turns the verification of certificates off. */
export function warnOfNode(context: Context): void {
  if (isNodeUnverified(context.io.env)) sayWarning(context, unverifiedNode)
}

/** Warns, before something is sent, of everything that is sent to whoever answers. */
export function warnOfTls(context: Context, { outgoingRest, security }: Project, names: readonly string[]): void {
  warnOfNode(context)
  const asked = outgoingRest.filter(({ name }) => names.includes(name))
  for (const { name, validateTls, host } of asked) {
    if (validateTls || !host.startsWith('https:')) continue
    sayWarning(context, `validate_tls is false: the certificate of "${name}" is not verified`)
  }
  for (const definition of security.filter((one) => asked.some((connection) => connection.security === one.name))) {
    if (isUnverified(definition)) {
      sayWarning(context, `validate_tls is false: the token endpoint of "${definition.name}" is not verified`)
    }
  }
}

function isUnverified(definition: SecurityDefinition): boolean {
  return isOAuth(definition) && !definition.validateTls && definition.authServerUrl.startsWith('https:')
}
