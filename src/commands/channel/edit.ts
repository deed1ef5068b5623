import { channelFields } from '../../project/schema.js'
import type { CommandSpec } from '../command.js'
import { editItem } from '../edit-item.js'
import { itemNamed, loadProjectOf, requireNewName } from '../project.js'
import { type ChannelFlags, channelItem, channelOptions } from './channel-flags.js'

interface Flags extends ChannelFlags {
  readonly channel: string
  readonly name?: string
  readonly unset: readonly string[]
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '<channel>', doc: 'Name of the channel', values: 'channel' }],
  options: [
    ...channelOptions,
    { flags: '--name <name>', doc: 'A new name' },
    { flags: '--unset <field>', doc: 'Remove a field, so that its default is in effect', repeat: true },
  ],
  examples: ({ channel }) => [
    `zato-ts channel edit "${channel}" --method POST`,
    `zato-ts channel edit "${channel}" --unset security --dry-run`,
  ],
  async run(context, flags) {
    const { project } = await loadProjectOf(context)
    itemNamed(project.channelRest, flags.channel, 'channel')
    if (flags.name !== undefined && flags.name !== flags.channel)
      requireNewName(project.channelRest, flags.name, 'channel')
    if (flags.security !== undefined) itemNamed(project.security, flags.security, 'security definition')
    for (const group of flags.group) itemNamed(project.groups, group, 'group')
    await editItem(context, {
      section: 'channel_rest',
      noun: 'channel',
      item: flags.channel,
      set: channelItem(flags),
      unset: flags.unset,
      fields: channelFields,
      flagFields: { path: 'url_path', format: 'data_format', group: 'groups' },
      rename: flags.name,
      dryRun: flags.dryRun,
    })
    return 0
  },
}
