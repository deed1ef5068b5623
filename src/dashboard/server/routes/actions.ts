import type { CallRequest, InvokeRequest, TryRequest } from '../../../trace/requests.js'
import { type Check, list, number, object, optional, pair, record, text } from '../checks.js'
import { unknown } from '../failure.js'
import { type Parts, actionsOf } from '../parts.js'
import type { Routes } from '../route-table.js'
import { params } from './traces.js'

export const callRequest: Check<CallRequest> = object({
  method: text,
  params: optional(params),
  headers: optional(list(pair)),
  body: optional(text),
  timeout: optional(number({ max: 86_400 })),
  retries: optional(number({ max: 100, integer: true })),
  cid: optional(text),
})

const tryRequest: Check<TryRequest> = object({
  method: text,
  params: optional(record(text)),
  query: optional(list(pair)),
  headers: optional(list(pair)),
  body: optional(text),
  cid: optional(text),
})

const invokeRequest: Check<InvokeRequest> = object({
  payload: optional(text),
  params: optional(record(text)),
  cid: optional(text),
})

/** What makes the server call, answer or run something. */
export function actionRoutes(parts: Parts): Routes {
  const { server } = parts
  return {
    'POST /connections/:name/call': async ({ params: { name = '' }, body }) => {
      requireKnown('connection', name, server.project?.outgoingRest)
      return { status: 202, value: await actionsOf(parts).call(name, callRequest(body, '')) }
    },
    'POST /connections/:name/ping': async ({ params: { name = '' } }) => {
      requireKnown('connection', name, server.project?.outgoingRest)
      return { value: await actionsOf(parts).ping(name) }
    },
    'POST /channels/:name/try': async ({ params: { name = '' }, body }) => {
      requireKnown('channel', name, server.project?.channelRest)
      return { status: 202, value: await actionsOf(parts).tryChannel(name, tryRequest(body, '')) }
    },
    'POST /services/:name/invoke': async ({ params: { name = '' }, body }) => {
      requireKnown('service', name, server.inside?.services)
      return { status: 202, value: await actionsOf(parts).invoke(name, invokeRequest(body ?? {}, '')) }
    },
  }
}

/** Of what is served now, which may not be what stands in the file. */
function requireKnown(noun: string, name: string, items: readonly { readonly name: string }[] = []): void {
  if (items.some((item) => item.name === name)) return
  throw unknown(
    noun,
    name,
    items.map((item) => item.name),
  )
}
