import { relative } from 'node:path'
import type { Edit } from '../../project/edit/edit.js'
import { openPlaceholders } from '../../project/path.js'
import { createService } from '../../project/scaffold/create-service.js'
import { type ServiceTemplate, serviceTemplates } from '../../project/scaffold/templates.js'
import type { CommandSpec } from '../command.js'
import { curlLine } from '../curl-line.js'
import { applyEdits, checkEdits } from '../edits.js'
import { itemNamed, loadProjectOf, requireNewName } from '../project.js'
import { sayDone, sayMore } from '../say.js'
import { shellWord } from '../../output/shell.js'

interface Flags {
  readonly name: string
  readonly template?: ServiceTemplate
  readonly conn?: string
  readonly path?: string
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '<name>', doc: 'Name of the service, dotted: my.api.get-orders' }],
  options: [
    {
      flags: '--template <template>',
      doc: 'What the service does [get with --conn, else blank]',
      choices: serviceTemplates,
    },
    { flags: '--conn <name>', doc: 'The connection that it calls', values: 'connection' },
    { flags: '--path <path>', doc: 'Adds a channel that serves it at this path' },
  ],
  examples: ({ connection }) => [
    `zato-ts service add my.api.list-orders --conn "${connection}" --path '/api/customers/{customer_id}'`,
    `zato-ts service add my.api.create-order --template post --conn "${connection}"`,
    'zato-ts service add my.api.hello',
  ],
  async run(context, { name, conn, path, template = conn === undefined ? 'blank' : 'get' }) {
    const { project } = await loadProjectOf(context)
    const found = conn === undefined ? undefined : itemNamed(project.outgoingRest, conn, 'connection')
    const connection = found && { name: found.name, placeholders: openPlaceholders(found) }
    const method = methodOf[template]
    const edits = path === undefined ? [] : [channelEdit(name, path, method)]
    if (path !== undefined) {
      requireNewName(project.channelRest, name, 'channel')
      await checkEdits(context, edits)
    }
    const { root, server } = project
    const { file, className } = await createService({ root, services: server.services, name, template, connection })
    sayDone(context, `Created ${className} in ${relative(context.cwd, file)}`)
    if (path === undefined) {
      sayMore(context, `Try it: zato-ts invoke ${shellWord(name)}`)
      return 0
    }
    const place = await applyEdits(context, { edits })
    sayDone(context, `Added channel "${name}" to ${place ?? ''}`)
    const url = `http://${server.host}:${server.port}`
    sayMore(context, `Try it, while zato-ts serve runs: ${curlLine(url, { urlPath: path, method })}`)
    return 0
  },
}

/** The method that each template is written for. */
const methodOf: Readonly<Record<ServiceTemplate, string | undefined>> = {
  get: 'GET',
  params: 'GET',
  headers: 'GET',
  status: 'GET',
  post: 'POST',
  blank: undefined,
}

function channelEdit(name: string, path: string, method: string | undefined): Edit {
  const item = { name, url_path: path, service: name, ...(method !== undefined && { method }) }
  return { kind: 'append', section: 'channel_rest', item }
}
