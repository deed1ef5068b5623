import type { WrittenItem } from '../../../project/as-written.js'
import { placeholdersOf } from '../../../project/path.js'
import type { ConnectionView } from '../../shared/api.js'
import { type Facts, itemView, itemsOf, securityView, statsOf, textOf } from './facts.js'

export function connectionViews(facts: Facts): ConnectionView[] {
  return itemsOf(facts, 'outgoing_rest').map((item) => connectionView(item, facts))
}

export function connectionView(item: WrittenItem, facts: Facts): ConnectionView {
  const { name, fields } = item
  const { redactor, read, sources } = facts
  const definition = read.project?.outgoingRest.find((one) => one.name === name)
  const urlPath = textOf(definition?.urlPath, textOf(fields.url_path, ''))
  const security = securityView(item, facts)
  return {
    ...itemView(item, facts),
    host: redactor.url(textOf(definition?.host, textOf(fields.host, ''))),
    urlPath,
    dataFormat: textOf(definition?.dataFormat, textOf(fields.data_format, 'json')),
    placeholders: [...new Set(placeholdersOf(urlPath))],
    ...(security && { security }),
    missing: missingOf(name, security?.name, facts),
    samples: Object.fromEntries(
      Object.entries(definition?.samples ?? {}).map(([key, value]) => [key, redactor.field(key, value)]),
    ),
    usedBy: sources.filter(({ connections }) => connections.includes(name)).map((service) => service.name),
    stats: statsOf('connections', name, facts),
  }
}

/** Variables that the connection, or the security definition that it needs, lacks. */
function missingOf(name: string, security: string | undefined, { read }: Facts): string[] {
  const needed = read.missing.filter(
    ({ section, item }) =>
      (section === 'outgoing_rest' && item === name) || (section === 'security' && item === security),
  )
  return [...new Set(needed.map((variable) => variable.name))]
}
