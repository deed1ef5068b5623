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
  return payloadWins ? { ...params, ...payload } : { ...payload, ...params }
}

function mergeParams({ params, query, channel }: Pick<Incoming, 'params' | 'query' | 'channel'>): object | undefined {
  if (isEmpty(params)) return isEmpty(query) ? undefined : { ...query }
  if (isEmpty(query)) return { ...params }
  return channel?.urlParamsPri === 'qs-over-path' ? { ...params, ...query } : { ...query, ...params }
}

function isPlainData(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0
}
