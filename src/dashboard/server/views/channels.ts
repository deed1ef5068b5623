import type { WrittenItem } from '../../../project/as-written.js'
import { placeholdersOf } from '../../../project/path.js'
import type { ChannelView } from '../../shared/api.js'
import { type Facts, itemView, itemsOf, securityView, statsOf, textOf } from './facts.js'

export function channelViews(facts: Facts): ChannelView[] {
  return itemsOf(facts, 'channel_rest').map((item) => channelView(item, facts))
}

export function channelView(item: WrittenItem, facts: Facts): ChannelView {
  const { name, fields } = item
  const definition = facts.read.project?.channelRest.find((one) => one.name === name)
  const urlPath = textOf(definition?.urlPath, textOf(fields.url_path, ''))
  const service = textOf(definition?.service, textOf(fields.service, ''))
  const security = securityView(item, facts)
  return {
    ...itemView(item, facts),
    method: textOf(definition?.method, textOf(fields.method, 'any')),
    urlPath,
    placeholders: [...new Set(placeholdersOf(urlPath))],
    service,
    serviceExists: facts.sources.some((one) => one.name === service),
    ...(security && { security }),
    dataFormat: textOf(definition?.dataFormat, textOf(fields.data_format, 'json')),
    stats: statsOf('channels', name, facts),
  }
}
