import { UsageError } from '../../errors.js'
import type { CommandSpec } from '../command.js'
import { itemNamed, loadProjectOf } from '../project.js'
import { removeItem, removeOptions } from '../remove-item.js'
import { usersOf } from './list.js'

interface Flags {
  readonly name: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '<name>', doc: 'Name of the security definition', values: 'security' }],
  options: removeOptions,
  examples: ({ security }) => [`zato-ts security remove "${security}"`, `zato-ts security remove "${security}" --yes`],
  async run(context, { name, yes, dryRun }) {
    const { project } = await loadProjectOf(context)
    itemNamed(project.security, name, 'security definition')
    const users = usersOf(project, name)
    if (users.length > 0) {
      throw new UsageError('ZU001', `The security definition "${name}" is still used by ${users.join(', ')}`, {
        hint: 'give those another one first, or unset theirs: --unset security',
      })
    }
    await removeItem(context, { section: 'security', noun: 'security definition', name, yes, dryRun })
    return 0
  },
}
