import { listRoutes } from '../channel/routes.js'
import { stateOf } from '../output/definition.js'
import { writeJson } from '../output/json.js'
import { writeTable } from '../output/table.js'
import type { CommandSpec } from './command.js'
import { loadProjectOf } from './project.js'
import { sayMore } from './say.js'

export const command: CommandSpec<object> = {
  json: true,
  examples: () => ['zato-ts routes', 'zato-ts routes --json'],
  async run(context) {
    const { project } = await loadProjectOf(context)
    const routes = listRoutes(project)
    if (context.json) {
      writeJson(context.out, { v: 1, routes })
      return 0
    }
    if (routes.length === 0) sayMore(context, 'No routes yet: zato-ts channel add')
    const rows = routes.map((route) => [
      route.method ?? 'any',
      route.path,
      route.channel,
      route.service,
      route.security ?? '-',
      stateOf(route),
    ])
    if (rows.length > 0)
      writeTable(context.out, { head: ['METHOD', 'PATH', 'CHANNEL', 'SERVICE', 'SECURITY', 'STATE'], rows })
    return 0
  },
}
