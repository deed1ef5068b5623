import type { CommandSpec } from '../command.js'
import { itemNamed, loadProjectOf } from '../project.js'
import { removeItem, removeOptions } from '../remove-item.js'

interface Flags {
  readonly name: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '<name>', doc: 'Name of the channel', values: 'channel' }],
  options: removeOptions,
  examples: ({ channel }) => [`zato-ts channel remove "${channel}"`, `zato-ts channel remove "${channel}" --yes`],
  async run(context, { name, yes, dryRun }) {
    const { project } = await loadProjectOf(context)
    itemNamed(project.channelRest, name, 'channel')
    await removeItem(context, { section: 'channel_rest', noun: 'channel', name, yes, dryRun })
    return 0
  },
}
