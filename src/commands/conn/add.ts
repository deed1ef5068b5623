import { UsageError } from '../../errors.js'
import type { Project } from '../../project/project.js'
import { tryLine } from '../call/missing.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { applyEdits } from '../edits.js'
import { itemNamed, loadProjectOf, requireNewName } from '../project.js'
import { openPrompts } from '../prompts.js'
import { sayDone, sayMore } from '../say.js'
import { type ConnectionFlags, connectionFields, connectionOptions, refuseSecretHeaders } from './connection-flags.js'

interface Flags extends ConnectionFlags {
  readonly name?: string
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[name]', doc: 'Name that services and `call` use' }],
  options: connectionOptions,
  examples: () => [
    `zato-ts conn add "Orders API" --host https://api.example.com --path '/customers/{customer_id}/orders'`,
    'zato-ts conn add Billing --host https://billing.example.com --security "Billing token" --timeout 10',
    'zato-ts conn add Rates --host https://rates.example.com --format xml --header X-Team=shop --dry-run',
  ],
  async run(context, given) {
    refuseSecretHeaders(given.header)
    const { project } = await loadProjectOf(context)
    const flags = await complete(context, given, project)
    requireNewName(project.outgoingRest, flags.name, 'connection')
    if (flags.security !== undefined) itemNamed(project.security, flags.security, 'security definition')

    const item = { name: flags.name, ...connectionFields(flags) }
    const edits = [{ kind: 'append', section: 'outgoing_rest', item }] as const
    const place = await applyEdits(context, { edits, dryRun: flags.dryRun })
    if (place === undefined) return 0
    sayDone(context, `Added connection "${flags.name}" to ${place}`)
    sayMore(context, `Try it: ${tryLine({ name: flags.name, urlPath: flags.path ?? '', samples: {} })}`)
    return 0
  },
}

type Complete = Flags & { readonly name: string; readonly host: string }

/** Asks for what must be there and is not; whoever is asked is asked for the usual rest too. */
async function complete(context: Context, flags: Flags, project: Project): Promise<Complete> {
  const { name, host } = flags
  if (name !== undefined && host !== undefined) return { ...flags, name, host }
  if (!context.canAsk) {
    throw new UsageError('ZU001', name === undefined ? '"conn add" needs <name>' : '"conn add" needs --host', {
      hint: `zato-ts conn add "Orders API" --host https://api.example.com --path '/customers/{customer_id}/orders'`,
    })
  }
  const prompts = await openPrompts(context)
  const asked = {
    name:
      name ?? (await prompts.text({ message: 'Name of the connection', flag: '<name>', placeholder: 'Orders API' })),
    host:
      host ??
      (await prompts.text({
        message: 'Address of the API',
        flag: '--host',
        placeholder: 'https://api.example.com',
        validate: hostProblem,
      })),
    path:
      flags.path ??
      (await prompts.text({
        message: 'Path',
        flag: '--path',
        placeholder: '/customers/{customer_id}/orders',
        optional: true,
      })),
  }
  const security = flags.security ?? (await askSecurity())
  const { path, ...needed } = asked
  return { ...flags, ...needed, ...(path !== '' && { path }), ...(security !== '' && { security }) }

  function askSecurity(): Promise<string> {
    const names = project.security.map((definition) => definition.name)
    if (names.length === 0) return Promise.resolve('')
    return prompts.choose({ message: 'Credentials', flag: '--security' }, ['', ...names])
  }
}

function hostProblem(text: string): string | undefined {
  if (text.includes('${')) return undefined
  return URL.canParse(text) && /^https?:\/\//i.test(text)
    ? undefined
    : 'Write it with its scheme: https://api.example.com'
}
