import { UsageError } from '../../errors.js'
import type { CommandSpec, OptionSpec } from '../command.js'
import type { Context } from '../context.js'
import { applyEdits, checkEdits } from '../edits.js'
import { givenFields } from '../given-fields.js'
import { loadProjectOf, readOptionsOf, requireNewName } from '../project.js'
import { openPrompts } from '../prompts.js'
import { sayDone, sayMore, sayWarning } from '../say.js'
import { type SecretFlags, secretSource, storeSecret } from './secret.js'

const types = ['basic_auth', 'apikey', 'bearer_token'] as const

type SecurityType = (typeof types)[number]

interface Flags extends SecretFlags {
  readonly name?: string
  readonly type?: SecurityType
  readonly username?: string
  readonly header?: string
  readonly prefix?: string
  readonly authServerUrl?: string
  readonly scopes?: string
  readonly dryRun?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[name]', doc: 'Name that connections and channels use' }],
  options: [
    { flags: '--type <type>', doc: 'What kind of credentials', choices: types },
    { flags: '--username <name>', doc: 'User name of basic_auth, or client id of bearer_token' },
    { flags: '--header <name>', doc: 'Header of apikey [X-API-Key] or bearer_token [Authorization]' },
    { flags: '--prefix <text>', doc: 'What stands before the token of bearer_token [Bearer]' },
    { flags: '--auth-server-url <url>', doc: 'Token endpoint: bearer_token then fetches its tokens (OAuth 2)' },
    { flags: '--scopes <text>', doc: 'Scopes of the tokens that are fetched, separated by blanks' },
    { flags: '--password-env <name>', doc: 'The secret stands in this variable: the file refers to it' },
    {
      flags: '--password-file <file>',
      doc: 'The secret stands in this file (- for stdin): it goes to .env',
      values: 'file',
    },
    ...['--password <value>', '--secret <value>', '--token <value>'].map(refusedSecret),
    { flags: '--dry-run', doc: 'Print the change as a diff, and write nothing' },
  ],
  examples: () => [
    'zato-ts security add "Orders credentials" --type basic_auth --username shop',
    'zato-ts security add "Partner key" --type apikey --header X-Partner-Key --password-env PARTNER_KEY',
    'zato-ts security add "Billing token" --type bearer_token --password-file token.txt',
    'zato-ts security add Shipping --type bearer_token --username shop --auth-server-url https://auth.example.com/token',
  ],
  async run(context, given) {
    const { project } = await loadProjectOf(context)
    const flags = await complete(context, given)
    requireNewName(project.security, flags.name, 'security definition')
    const secret = await secretSource(context, flags, { name: flags.name, taken: project.environment })
    const edits = [{ kind: 'append', section: 'security', item: itemOf(flags, `\${${secret.variable}}`) }] as const

    const { file } = readOptionsOf(context)
    if (!flags.dryRun) {
      await checkEdits(context, edits)
      await storeSecret(file, secret)
    }
    const place = await applyEdits(context, { edits, dryRun: flags.dryRun })
    if (place === undefined) return 0
    sayDone(context, `Added security definition "${flags.name}" to ${place}`)
    if (secret.value !== undefined) sayMore(context, `Its secret is ${secret.variable} in .env`)
    else if (project.environment[secret.variable] === undefined) {
      sayWarning(context, `${secret.variable} is not set yet: put it into .env, or into the environment`)
    }
    return 0
  },
}

/** These exist to say why they do not. */
function refusedSecret(flags: string): OptionSpec {
  const flag = flags.split(' ')[0] ?? flags
  return {
    flags,
    doc: 'Refused: a secret is never a flag’s value',
    hidden: true,
    parse: () => {
      throw new UsageError(
        'ZU001',
        `${flag} is refused: the shell’s history and the list of processes would keep the secret`,
        {
          hint: 'leave it out to be asked, or use --password-env NAME or --password-file FILE',
        },
      )
    },
  }
}

type Complete = Flags & { readonly name: string; readonly type: SecurityType }

async function complete(context: Context, flags: Flags): Promise<Complete> {
  const { name, type } = flags
  const isFetched = flags.authServerUrl !== undefined
  const needsUser = (chosen: string | undefined) =>
    (chosen === 'basic_auth' || (chosen === 'bearer_token' && isFetched)) && flags.username === undefined
  if (name !== undefined && type !== undefined && !needsUser(type)) return { ...flags, name, type }
  if (!context.canAsk) {
    const missing = name === undefined ? '<name>' : type === undefined ? '--type' : '--username'
    throw new UsageError('ZU001', `"security add" needs ${missing}`, {
      hint: 'zato-ts security add NAME --type basic_auth --username USER --password-env VARIABLE',
    })
  }
  const prompts = await openPrompts(context)
  const asked = {
    name: name ?? (await prompts.text({ message: 'Name of the definition', flag: '<name>' })),
    type: type ?? ((await prompts.choose({ message: 'Kind of credentials', flag: '--type' }, types)) as SecurityType),
  }
  if (!needsUser(asked.type)) return { ...flags, ...asked }
  const message = isFetched ? 'Client id' : 'User name'
  return { ...flags, ...asked, username: await prompts.text({ message, flag: '--username' }) }
}

/** The definition as the file holds it. */
function itemOf({ name, type, ...flags }: Complete, secret: string): Record<string, unknown> {
  const kind = type === 'bearer_token' && flags.authServerUrl !== undefined ? 'fetched' : type
  const { username, header, prefix, scopes, authServerUrl } = flags
  const given = { username, header, prefix, scopes, 'auth-server-url': authServerUrl }
  const refused = Object.keys(givenFields(given)).find((flag) => !taken[kind].includes(flag))
  if (refused !== undefined) {
    const what = kind === 'fetched' ? 'a bearer_token that is fetched' : type
    throw new UsageError('ZU001', `${what} has no --${refused}`)
  }
  const fields: Readonly<Record<Kind, Record<string, unknown>>> = {
    basic_auth: { username, password: secret },
    apikey: { header, password: secret },
    bearer_token: { static_token: secret, static_header: header, static_prefix: prefix },
    fetched: { auth_server_url: authServerUrl, username, password: secret, scopes },
  }
  return givenFields({ name, type, ...fields[kind] })
}

type Kind = SecurityType | 'fetched'

const taken: Readonly<Record<Kind, readonly string[]>> = {
  basic_auth: ['username'],
  apikey: ['header'],
  bearer_token: ['header', 'prefix'],
  fetched: ['username', 'scopes', 'auth-server-url'],
}
