import { outgoingFields } from '../../project/schema.js'
import type { CommandSpec } from '../command.js'
import { editItem } from '../edit-item.js'
import { itemNamed, loadProjectOf, requireNewName } from '../project.js'
import { sayMore } from '../say.js'
import { type ConnectionFlags, connectionFields, connectionOptions, refuseSecretHeaders } from './connection-flags.js'

interface Flags extends ConnectionFlags {
  readonly connection: string
  readonly name?: string
  readonly unset: readonly string[]
}

const flagFields = { path: 'url_path', format: 'data_format', header: 'headers' }

export const command: CommandSpec<Flags> = {
  args: [{ name: '<connection>', doc: 'Name of the connection', values: 'connection' }],
  options: [
    ...connectionOptions.map((option) =>
      option.flags.startsWith('--header')
        ? { ...option, doc: 'A header that goes with each call; all of them together replace those that it has' }
        : option,
    ),
    { flags: '--name <name>', doc: 'A new name' },
    { flags: '--unset <field>', doc: 'Remove a field, so that its default is in effect', repeat: true },
  ],
  examples: ({ connection }) => [
    `zato-ts conn edit "${connection}" --timeout 10`,
    `zato-ts conn edit "${connection}" --unset security --dry-run`,
    `zato-ts conn edit "${connection}" --name "Orders API v2"`,
  ],
  async run(context, flags) {
    refuseSecretHeaders(flags.header)
    const { project } = await loadProjectOf(context)
    itemNamed(project.outgoingRest, flags.connection, 'connection')
    if (flags.name !== undefined && flags.name !== flags.connection) {
      requireNewName(project.outgoingRest, flags.name, 'connection')
    }
    if (flags.security !== undefined) itemNamed(project.security, flags.security, 'security definition')
    const isWritten = await editItem(context, {
      section: 'outgoing_rest',
      noun: 'connection',
      item: flags.connection,
      set: connectionFields(flags),
      unset: flags.unset,
      fields: outgoingFields,
      flagFields,
      rename: flags.name,
      dryRun: flags.dryRun,
    })
    if (isWritten && flags.name !== undefined) {
      sayMore(
        context,
        `Services that ask for "${flags.connection}" must ask for "${flags.name}" now: zato-ts check --types`,
      )
    }
    return 0
  },
}
