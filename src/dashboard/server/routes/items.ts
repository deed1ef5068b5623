import type { WrittenItem } from '../../../project/as-written.js'
import { projectJsonSchema } from '../../../project/json-schema.js'
import type { SectionName } from '../../../project/sections.js'
import type {
  ChannelReply,
  ChannelsReply,
  ConnectionReply,
  ConnectionsReply,
  SecurityReply,
  ServicesReply,
} from '../../shared/api.js'
import { unknown } from '../failure.js'
import type { Parts } from '../parts.js'
import type { Routes } from '../route-table.js'
import { channelView, channelViews } from '../views/channels.js'
import { connectionView, connectionViews } from '../views/connections.js'
import { type Facts, gatherFacts, itemView, itemsOf, textOf } from '../views/facts.js'
import { serviceViews } from '../views/services.js'

/** What stands in the project. */
export function itemRoutes(parts: Parts): Routes {
  const facts = () => gatherFacts(parts.server, parts)
  return {
    'GET /connections': async () => {
      const all = await facts()
      return { value: { revision: all.revision, connections: connectionViews(all) } satisfies ConnectionsReply }
    },
    'GET /connections/:name': async ({ params: { name = '' } }) => {
      const all = await facts()
      const item = itemNamed(all, name, { section: 'outgoing_rest', noun: 'connection' })
      const { revision } = all
      return {
        value: { revision, connection: connectionView(item, all), source: item.source } satisfies ConnectionReply,
      }
    },
    'GET /channels': async () => {
      const all = await facts()
      const { revision } = all
      return { value: { revision, url: parts.server.url, channels: channelViews(all) } satisfies ChannelsReply }
    },
    'GET /channels/:name': async ({ params: { name = '' } }) => {
      const all = await facts()
      const item = itemNamed(all, name, { section: 'channel_rest', noun: 'channel' })
      const { revision } = all
      return { value: { revision, channel: channelView(item, all), source: item.source } satisfies ChannelReply }
    },
    'GET /security': async () => {
      const all = await facts()
      const security = itemsOf(all, 'security').map((item) => ({
        ...itemView(item, all),
        type: textOf(item.fields.type, ''),
      }))
      return { value: { revision: all.revision, security } satisfies SecurityReply }
    },
    'GET /services': async () => ({ value: { services: serviceViews(await facts()) } satisfies ServicesReply }),
    'GET /services/:name': async ({ params: { name = '' } }) => {
      const services = serviceViews(await facts())
      const service = services.find((one) => one.name === name)
      if (!service) throw unknown('service', name, namesOf(services))
      return { value: { service } }
    },
    'GET /schema': () => ({ value: projectJsonSchema() }),
  }
}

/** @throws ApiFailure 404 with the closest names */
export function itemNamed(
  facts: Facts,
  name: string,
  { section, noun }: { section: SectionName; noun: string },
): WrittenItem {
  const items = itemsOf(facts, section)
  const found = items.find((item) => item.name === name)
  if (!found) throw unknown(noun, name, namesOf(items))
  return found
}

function namesOf(items: readonly { readonly name: string }[]): string[] {
  return items.map(({ name }) => name)
}
