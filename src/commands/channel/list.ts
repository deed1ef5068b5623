import { redactorOf } from '../../redact.js'
import { definitionDocument, stateOf } from '../../output/definition.js'
import { writeJson } from '../../output/json.js'
import { writeTable } from '../../output/table.js'
import { channelFields } from '../../project/schema.js'
import type { CommandSpec } from '../command.js'
import { loadProjectOf } from '../project.js'
import { sayMore } from '../say.js'

export const command: CommandSpec<object> = {
  json: true,
  examples: () => ['zato-ts channel list', 'zato-ts channel list --json'],
  async run(context) {
    const { project } = await loadProjectOf(context)
    const channels = project.channelRest
    if (context.json) {
      const documents = channels.map((channel) => definitionDocument(channelFields, channel, redactorOf(project)))
      writeJson(context.out, { v: 1, channels: documents })
      return 0
    }
    if (channels.length === 0) sayMore(context, 'No channels yet: zato-ts channel add')
    const rows = channels.map((channel) => [
      channel.name,
      channel.method ?? 'any',
      channel.urlPath,
      channel.service,
      [channel.security, ...channel.groups].filter(Boolean).join(', ') || '-',
      stateOf(channel),
    ])
    if (rows.length > 0)
      writeTable(context.out, { head: ['NAME', 'METHOD', 'PATH', 'SERVICE', 'SECURITY', 'STATE'], rows })
    return 0
  },
}
