import { basename } from 'node:path'
import { didYouMean } from '../nearest.js'
import type { ReadItem } from './items.js'
import type { Problem } from './problem.js'
import type { ReadResult } from './read.js'
import type { SectionName } from './sections.js'

/**
 * Channels, and callbacks of health checks, whose service does not exist, whatever else is wrong with the project. One whose
 * name needs a missing variable has been told as such.
 */
export function checkChannelServices(result: ReadResult, serviceNames: readonly string[]): Problem[] {
  const known = new Set(serviceNames)
  return usesIn(result)
    .filter(({ service }) => !known.has(service))
    .flatMap((use) => problemOf(use, result, known))
}

function usesIn({ items }: ReadResult): Use[] {
  const used = items.channel_rest.flatMap((channel) => useIn(channel, ['service', 'service']))
  const told = items.outgoing_rest
    .filter(({ values }) => values.healthCheckCallbackType === 'service' && values.healthCheckCallbackName !== '')
    .flatMap((one) => useIn(one, ['health_check_callback_name', 'healthCheckCallbackName']))
  return [...used, ...told]
}

function useIn(
  { section, name, values, unresolved }: ReadItem,
  [field, key]: readonly [field: string, key: string],
): Use[] {
  const service = values[key]
  if (typeof service !== 'string' || unresolved.has(key)) return []
  return [{ section, name, field, service }]
}

function hintWithoutServices({ sound }: ReadResult): string {
  const folder = sound ? `"${basename(sound.server.services)}"` : 'the services folder'
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
