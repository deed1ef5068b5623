import { dirname } from 'node:path'
import { UsageError } from '../../errors.js'
import type { Project } from '../../project/project.js'
import type { CommandSpec, OptionSpec } from '../command.js'
import type { Context } from '../context.js'
import { applyEdits, checkEdits } from '../edits.js'
import { loadProjectOf, readOptionsOf, requireNewName } from '../project.js'
import { sayDone, sayMore, sayWarning } from '../say.js'
import { type Definition, type DefinitionFlags, type SecurityType, itemOf, types } from './definition.js'
import { pathInFile } from './file-path.js'
import { complete } from './missing.js'
import { type SecretFlags, type SecretSource, secretSource, storeSecret } from './secret.js'

interface Flags extends DefinitionFlags, SecretFlags {
  readonly name?: string
  readonly type?: SecurityType
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
    { flags: '--cert-path <file>', doc: 'Certificate of mtls: a PEM file', values: 'file' },
    { flags: '--key-path <file>', doc: 'Key of mtls, if it stands in a file of its own', values: 'file' },
    { flags: '--ca-certs-path <file>', doc: 'Authorities that the API is trusted by, for mtls', values: 'file' },
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
    'zato-ts security add "Shop certificate" --type mtls --cert-path shop.pem --key-path shop.key',
  ],
  async run(context, given) {
    const { project } = await loadProjectOf(context)
    const { file } = readOptionsOf(context)
    const flags = await complete(context, given)
    requireNewName(project.security, flags.name, 'security definition')
    const secret = await secretOf(context, flags, project)
    const definition = withPaths(flags, { cwd: context.cwd, folder: dirname(file) })
    const item = itemOf(definition, secret && `\${${secret.variable}}`)
    const edits = [{ kind: 'append', section: 'security', item }] as const

    if (!flags.dryRun) {
      await checkEdits(context, edits)
      if (secret) await storeSecret(file, secret)
    }
    const place = await applyEdits(context, { edits, dryRun: flags.dryRun })
    if (place === undefined) return 0
    sayDone(context, `Added security definition "${flags.name}" to ${place}`)
    if (secret) saySecret(context, secret, project)
    return 0
  },
}

/** Undefined for a key that is not encrypted. */
async function secretOf(
  context: Context,
  flags: Definition & SecretFlags,
  { environment }: Project,
): Promise<SecretSource | undefined> {
  const { type, passwordEnv, passwordFile } = flags
  if (type === 'mtls' && passwordEnv === undefined && passwordFile === undefined) return undefined
  return secretSource(context, flags, { name: flags.name, taken: environment })
}

function withPaths(definition: Definition, folders: { readonly cwd: string; readonly folder: string }): Definition {
  const { certPath, keyPath, caCertsPath } = definition
  return {
    ...definition,
    ...(certPath !== undefined && { certPath: pathInFile(certPath, folders) }),
    ...(keyPath !== undefined && { keyPath: pathInFile(keyPath, folders) }),
    ...(caCertsPath !== undefined && { caCertsPath: pathInFile(caCertsPath, folders) }),
  }
}

function saySecret(context: Context, { variable, value }: SecretSource, { environment }: Project): void {
  if (value !== undefined) sayMore(context, `Its secret is ${variable} in .env`)
  else if (environment[variable] === undefined) {
    sayWarning(context, `${variable} is not set yet: put it into .env, or into the environment`)
  }
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
