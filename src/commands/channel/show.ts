import { channelFields } from '../../project/schema.js'
import type { CommandSpec } from '../command.js'
import { itemNamed, loadProjectOf } from '../project.js'
import { showDefinition } from '../show.js'

export const command: CommandSpec<{ readonly name: string }> = {
  args: [{ name: '<name>', doc: 'Name of the channel', values: 'channel' }],
  json: true,
  examples: ({ channel }) => [`zato-ts channel show "${channel}"`, `zato-ts channel show "${channel}" --json`],
  async run(context, { name }) {
    const result = await loadProjectOf(context)
    const definition = itemNamed(result.project.channelRest, name, 'channel')
    showDefinition(context, result, { section: 'channel_rest', fields: channelFields, definition })
    return 0
  },
}
