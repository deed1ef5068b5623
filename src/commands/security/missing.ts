import { UsageError } from '../../errors.js'
import type { Context } from '../context.js'
import { type Question, openPrompts } from '../prompts.js'
import { type Definition, type DefinitionFlags, type SecurityType, types } from './definition.js'

type Given = DefinitionFlags & Partial<Pick<Definition, 'name' | 'type'>>

/**
 * The flags with what is missing asked for.
 *
 * @throws UsageError ZU001 if nobody is there to be asked
 */
export async function complete<T extends Given>(context: Context, flags: T): Promise<T & Definition> {
  const { name, type } = flags
  if (name !== undefined && type !== undefined && !neededOf(type, flags)) return { ...flags, name, type }
  if (!context.canAsk) throw missing(flags)
  const prompts = await openPrompts(context)
  const asked = {
    name: name ?? (await prompts.text({ message: 'Name of the definition', flag: '<name>' })),
    type: type ?? ((await prompts.choose({ message: 'Kind of credentials', flag: '--type' }, types)) as SecurityType),
  }
  const needed = neededOf(asked.type, flags)
  return { ...flags, ...asked, ...(needed && { [needed.field]: await prompts.text(needed) }) }
}

interface Needed extends Question {
  readonly field: keyof DefinitionFlags
}

/** What a definition of this type cannot do without, its secret apart. */
function neededOf(type: SecurityType, { username, authServerUrl, certPath }: DefinitionFlags): Needed | undefined {
  const isFetched = type === 'bearer_token' && authServerUrl !== undefined
  if ((type === 'basic_auth' || isFetched) && username === undefined)
    return { field: 'username', flag: '--username', message: isFetched ? 'Client id' : 'User name' }
  if (type === 'mtls' && certPath === undefined)
    return { field: 'certPath', flag: '--cert-path', message: 'PEM file of the certificate' }
  return undefined
}

function missing({ name, type, ...flags }: Given): UsageError {
  const flag = name === undefined ? '<name>' : type === undefined ? '--type' : neededOf(type, flags)?.flag
  return new UsageError('ZU001', `"security add" needs ${flag}`, {
    hint:
      type === 'mtls'
        ? 'zato-ts security add NAME --type mtls --cert-path FILE --key-path FILE'
        : 'zato-ts security add NAME --type basic_auth --username USER --password-env VARIABLE',
  })
}
