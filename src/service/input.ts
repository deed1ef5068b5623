import type { Incoming } from '../exchange.js'

/**
 * Payload, query and path parameters in one value, by the precedence that the channel asks for. Spreading defines
 * properties and sets none, so that a key `__proto__` is data.
 *
 * @param source where parameters come from; without it the input is the payload
 */
export function mergeInput(
  payload: unknown,
  source: Pick<Incoming, 'params' | 'query' | 'channel'> | undefined,
): unknown {
  const params = source && mergeParams(source)
  if (!params) return payload === undefined ? {} : payload
  if (!isPlainData(payload)) return params
  const payloadWins = source.channel?.paramsPri === 'msg-over-channel-params'
  return payloadWins ? overlaid(params, payload) : overlaid(payload, params)
}

function mergeParams({
  params,
  query,
  channel,
}: Pick<Incoming, 'params' | 'query' | 'channel'>): Readonly<Record<string, unknown>> | undefined {
  if (isEmpty(params)) return isEmpty(query) ? undefined : { ...query }
  if (isEmpty(query)) return { ...params }
  return channel?.urlParamsPri === 'qs-over-path' ? overlaid(params, query) : overlaid(query, params)
}

/** `{ ...base, ...over }`, of which V8 copies the second part ten times slower than a loop does. */
function overlaid(base: object, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base }
  for (const key of Object.keys(over)) {
    if (key === '__proto__') return { ...base, ...over }
    merged[key] = over[key]
  }
  return merged
}

function isPlainData(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0
}
