import { redactorOf } from '../../redact.js'
import { definitionDocument, stateOf } from '../../output/definition.js'
import { writeJson } from '../../output/json.js'
import { writeTable } from '../../output/table.js'
import { outgoingFields } from '../../project/schema.js'
import type { CommandSpec } from '../command.js'
import { loadProjectOf } from '../project.js'
import { sayMore } from '../say.js'

export const command: CommandSpec<object> = {
  json: true,
  examples: () => ['zato-ts conn list', 'zato-ts conn list --json'],
  async run(context) {
    const { project } = await loadProjectOf(context)
    const redactor = redactorOf(project)
    const connections = project.outgoingRest
    if (context.json) {
      const documents = connections.map((connection) => definitionDocument(outgoingFields, connection, redactor))
      writeJson(context.out, { v: 1, connections: documents })
      return 0
    }
    if (connections.length === 0) sayMore(context, 'No outgoing connections yet: zato-ts conn add')
    const rows = connections.map((connection) => [
      connection.name,
      redactor.url(connection.host + connection.urlPath),
      connection.dataFormat,
      connection.security ?? '-',
      stateOf(connection),
    ])
    if (rows.length > 0) writeTable(context.out, { head: ['NAME', 'ADDRESS', 'FORMAT', 'SECURITY', 'STATE'], rows })
    return 0
  },
}
