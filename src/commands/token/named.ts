import { UsageError } from '../../errors.js'
import { didYouMean } from '../../nearest.js'
import type { Project } from '../../project/project.js'
import { type OAuthDefinition, isOAuth } from '../../project/schema.js'

/**
 * The definition whose tokens are meant: by its name, or by that of a connection that uses it.
 *
 * @throws UsageError ZU003 for an unknown name, ZU001 for one that no token is fetched for
 */
export function tokenDefinition({ security, outgoingRest }: Project, name: string): OAuthDefinition {
  const own = security.find((one) => one.name === name)
  if (own && isOAuth(own)) return own
  const connection = outgoingRest.find((one) => one.name === name)
  const used = security.find((one) => one.name === connection?.security)
  if (used && isOAuth(used)) return used
  if (own || connection) throw withoutTokens(name, { own, connection, used })
  const known = tokenDefinitions({ security })
  const names = [...known.map((one) => one.name), ...outgoingRest.map((one) => one.name)]
  const all = known.length === 0 ? 'no definition of the project fetches tokens' : `known: ${quoted(known)}`
  throw new UsageError('ZU003', `Unknown connection or security definition "${name}"`, {
    hint: didYouMean(name, names) ?? all,
  })
}

/** All definitions whose tokens are fetched. */
export function tokenDefinitions({ security }: Pick<Project, 'security'>): OAuthDefinition[] {
  return security.filter(isOAuth)
}

interface Found {
  readonly own: Project['security'][number] | undefined
  readonly connection: Project['outgoingRest'][number] | undefined
  readonly used: Project['security'][number] | undefined
}

function withoutTokens(name: string, { own, connection, used }: Found): UsageError {
  const definition = own ?? used
  const what = !definition
    ? `The connection "${name}" has no security definition`
    : connection && !own
      ? `The connection "${name}" uses "${definition.name}", which is of type ${definition.type}`
      : `"${name}" is of type ${definition.type}`
  const hint = 'tokens are fetched for definitions of type bearer_token with an auth_server_url'
  return new UsageError('ZU001', `${what}: no token is fetched for it`, { hint })
}

function quoted(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => `"${name}"`).join(', ')
}
