import { outgoingFields } from '../../project/schema.js'
import type { CommandSpec } from '../command.js'
import { itemNamed, loadProjectOf } from '../project.js'
import { showDefinition } from '../show.js'

export const command: CommandSpec<{ readonly name: string }> = {
  args: [{ name: '<name>', doc: 'Name of the connection', values: 'connection' }],
  json: true,
  examples: ({ connection }) => [`zato-ts conn show "${connection}"`, `zato-ts conn show "${connection}" --json`],
  async run(context, { name }) {
    const result = await loadProjectOf(context)
    const definition = itemNamed(result.project.outgoingRest, name, 'connection')
    showDefinition(context, result, { section: 'outgoing_rest', fields: outgoingFields, definition })
    return 0
  },
}
