import { UsageError } from '../../errors.js'
import { shellWord } from '../../output/shell.js'
import type { Project } from '../../project/project.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { curlLine } from '../curl-line.js'
import { applyEdits } from '../edits.js'
import { itemNamed, loadProjectOf, requireNewName } from '../project.js'
import { openPrompts } from '../prompts.js'
import { sayDone, sayMore, sayWarning } from '../say.js'
import { serviceNames } from '../service-names.js'
import { type ChannelFlags, channelItem, channelOptions } from './channel-flags.js'

interface Flags extends ChannelFlags {
  readonly name?: string
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[name]', doc: 'Name of the channel' }],
  options: channelOptions,
  examples: ({ service }) => [
    `zato-ts channel add "Customer list" --path /api/customers --service ${service} --method GET`,
    `zato-ts channel add Webhook --path '/hooks/{source}' --service ${service} --security "Partner key"`,
  ],
  async run(context, given) {
    const { project } = await loadProjectOf(context)
    const flags = await complete(context, given, project)
    requireNewName(project.channelRest, flags.name, 'channel')
    if (flags.security !== undefined) itemNamed(project.security, flags.security, 'security definition')
    for (const group of flags.group) itemNamed(project.groups, group, 'group')

    const item = { name: flags.name, ...channelItem(flags) }
    const edits = [{ kind: 'append', section: 'channel_rest', item }] as const
    const place = await applyEdits(context, { edits, dryRun: flags.dryRun })
    if (place === undefined) return 0
    sayDone(context, `Added channel "${flags.name}" to ${place}`)
    if (!(await serviceNames(project)).includes(flags.service)) {
      sayWarning(
        context,
        `No service is called "${flags.service}" yet: zato-ts service add ${shellWord(flags.service)}`,
      )
    }
    const url = `http://${project.server.host}:${project.server.port}`
    sayMore(
      context,
      `Try it, while zato-ts serve runs: ${curlLine(url, { urlPath: flags.path, method: flags.method })}`,
    )
    return 0
  },
}

type Complete = Flags & { readonly name: string; readonly path: string; readonly service: string }

async function complete(context: Context, flags: Flags, project: Project): Promise<Complete> {
  const { name, path, service } = flags
  if (name !== undefined && path !== undefined && service !== undefined) return { ...flags, name, path, service }
  if (!context.canAsk) {
    const missing = name === undefined ? '<name>' : path === undefined ? '--path' : '--service'
    throw new UsageError('ZU001', `"channel add" needs ${missing}`, {
      hint: "zato-ts channel add NAME --path '/api/customers/{customer_id}' --service SERVICE",
    })
  }
  const prompts = await openPrompts(context)
  return {
    ...flags,
    name: name ?? (await prompts.text({ message: 'Name of the channel', flag: '<name>' })),
    path:
      path ??
      (await prompts.text({
        message: 'Path',
        flag: '--path',
        placeholder: '/api/customers/{customer_id}',
        validate: pathProblem,
      })),
    service: service ?? (await askService()),
  }

  async function askService(): Promise<string> {
    const names = await serviceNames(project)
    const question = { message: 'Service that answers', flag: '--service' }
    return names.length > 0 ? prompts.choose(question, names) : prompts.text(question)
  }
}

function pathProblem(path: string): string | undefined {
  return path.startsWith('/') ? undefined : 'A path begins with "/"'
}
