import type { ServiceView } from '../../shared/api.js'
import { type Facts, itemsOf, statsOf } from './facts.js'

export function serviceViews(facts: Facts): ServiceView[] {
  const channels = itemsOf(facts, 'channel_rest')
  return facts.sources.map(({ name, file, line, verbs, hasInput, connections }) => ({
    name,
    file: facts.disk.shownFile(file),
    ...(line !== undefined && { line }),
    channels: channels.filter(({ values }) => values.service === name).map((channel) => channel.name),
    connections,
    verbs,
    hasInput,
    stats: statsOf('services', name, facts),
  }))
}
