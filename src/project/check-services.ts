import { didYouMean } from '../nearest.js'
import type { Problem } from './problem.js'
import type { ReadResult } from './read.js'

/** Channels whose service does not exist. One whose name needs a missing variable has been told as such. */
export function checkChannelServices(result: ReadResult, serviceNames: readonly string[]): Problem[] {
  const known = new Set(serviceNames)
  const channels = result.project?.channelRest ?? []
  return channels
    .filter(({ service, refusal }) => !known.has(service) && !(service === '' && refusal?.code === 'missing-variable'))
    .flatMap(({ name, service }) => {
      const place = result.place('channel_rest', name, 'service')
      if (!place) return []
      const hint = didYouMean(service, known) ?? `"zato-ts service add ${service}" creates it`
      const message = `There is no service "${service}"`
      return [{ code: 'ZC203', severity: 'error', scope: 'item', message, hint, ...place } satisfies Problem]
    })
}
