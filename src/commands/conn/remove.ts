import type { CommandSpec } from '../command.js'
import { itemNamed, loadProjectOf } from '../project.js'
import { removeItem, removeOptions } from '../remove-item.js'
import { sayWarning } from '../say.js'
import { servicesThatName } from '../service-text.js'

interface Flags {
  readonly name: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '<name>', doc: 'Name of the connection', values: 'connection' }],
  options: removeOptions,
  examples: ({ connection }) => [`zato-ts conn remove "${connection}"`, `zato-ts conn remove "${connection}" --yes`],
  async run(context, { name, yes, dryRun }) {
    const { project } = await loadProjectOf(context)
    itemNamed(project.outgoingRest, name, 'connection')
    const files = await servicesThatName(project, name)
    if (files.length > 0) sayWarning(context, `These services still name "${name}": ${files.join(', ')}`)
    await removeItem(context, { section: 'outgoing_rest', noun: 'connection', name, yes, dryRun })
    return 0
  },
}
