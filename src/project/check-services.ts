import { basename } from 'node:path'
import { didYouMean } from '../nearest.js'
import type { Problem } from './problem.js'
import type { ReadResult } from './read.js'
import type { SectionName } from './sections.js'

/**
 * Channels, and callbacks of health checks, whose service does not exist. One whose name needs a missing variable has been
 * told as such.
 */
export function checkChannelServices(result: ReadResult, serviceNames: readonly string[]): Problem[] {
  const known = new Set(serviceNames)
  const { channelRest = [], outgoingRest = [] } = result.project ?? {}
  const channels = channelRest.filter(
    ({ service, refusal }) => !(service === '' && refusal?.code === 'missing-variable'),
  )
  const used: Use[] = channels.map(({ name, service }) => ({
    section: 'channel_rest',
    name,
    field: 'service',
    service,
  }))
  const told = outgoingRest.flatMap((one): Use[] => {
    const { name, healthCheckCallbackName: service, healthCheckCallbackType: type } = one
    if (!service || type !== 'service') return []
    return [{ section: 'outgoing_rest', name, field: 'health_check_callback_name', service }]
  })
  return [...used, ...told].filter(({ service }) => !known.has(service)).flatMap((use) => problemOf(use, result, known))
}

function hintWithoutServices({ project }: ReadResult): string {
  const folder = project ? `"${basename(project.server.services)}"` : 'the services folder'
  return `no file in ${folder} exports a class that extends Service and has a method "handle"`
}

/** Where a service is named. */
interface Use {
  readonly section: SectionName
  /** Of the item. */
  readonly name: string
  readonly field: string
  readonly service: string
}

function problemOf({ section, name, field, service }: Use, result: ReadResult, known: ReadonlySet<string>): Problem[] {
  const place = result.place(section, name, field)
  if (!place) return []
  const hint =
    didYouMean(service, known) ??
    (known.size === 0 ? hintWithoutServices(result) : `"zato-ts service add ${service}" creates it`)
  return [
    { code: 'ZC203', severity: 'error', scope: 'item', message: `There is no service "${service}"`, hint, ...place },
  ]
}
