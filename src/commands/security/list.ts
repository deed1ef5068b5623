import { redactorOf } from '../../redact.js'
import { definitionDocument, stateOf } from '../../output/definition.js'
import { writeJson } from '../../output/json.js'
import { writeTable } from '../../output/table.js'
import type { Fields } from '../../project/fields.js'
import type { Project } from '../../project/project.js'
import {
  type SecurityDefinition,
  apiKeyFields,
  basicAuthFields,
  bearerTokenFields,
  isOAuth,
  mtlsFields,
  oauthFields,
} from '../../project/schema.js'
import type { CommandSpec } from '../command.js'
import { loadProjectOf } from '../project.js'
import { sayMore } from '../say.js'

export const command: CommandSpec<object> = {
  json: true,
  examples: () => ['zato-ts security list', 'zato-ts security list --json'],
  async run(context) {
    const { project } = await loadProjectOf(context)
    const definitions = project.security
    if (context.json) {
      const redactor = redactorOf(project)
      const documents = definitions.map((one) => definitionDocument(fieldsOf(one), one, redactor))
      writeJson(context.out, { v: 1, security: documents })
      return 0
    }
    if (definitions.length === 0) sayMore(context, 'No security definitions yet: zato-ts security add')
    const rows = definitions.map((one) => [
      one.name,
      one.type,
      identityOf(one),
      usersOf(project, one.name).join(', ') || '-',
      stateOf(one),
    ])
    if (rows.length > 0) writeTable(context.out, { head: ['NAME', 'TYPE', 'AS', 'USED BY', 'STATE'], rows })
    return 0
  },
}

/** What refers to a security definition, as people name it. */
export function usersOf({ outgoingRest, channelRest, groups }: Project, name: string): string[] {
  return [
    ...outgoingRest.filter(({ security }) => security === name).map((item) => `connection "${item.name}"`),
    ...channelRest.filter(({ security }) => security === name).map((item) => `channel "${item.name}"`),
    ...groups.filter(({ members }) => members.includes(name)).map((item) => `group "${item.name}"`),
  ]
}

/** What of a definition is no secret: the user, or the header. */
function identityOf(definition: SecurityDefinition): string {
  if (definition.type === 'basic_auth') return definition.username
  if (definition.type === 'apikey') return definition.header
  if (definition.type === 'unserved') return '-'
  if (definition.type === 'mtls') return definition.certPath
  return isOAuth(definition) ? definition.username : definition.staticHeader
}

function fieldsOf(definition: SecurityDefinition): Fields {
  const { type } = definition
  if (isOAuth(definition)) return oauthFields
  if (type === 'basic_auth') return basicAuthFields
  if (type === 'apikey') return apiKeyFields
  if (type === 'bearer_token') return bearerTokenFields
  if (type === 'mtls') return mtlsFields
  return { name: basicAuthFields.name, type: basicAuthFields.type, is_active: basicAuthFields.is_active }
}
