import type { ClearedReply, EmptyReply, HandedTrace, PinRequest, ReplayRequest } from '../../shared/api.js'
import type { Trace } from '../../../trace/record.js'
import { type Check, flag, list, number, object, optional, pair, record, text } from '../checks.js'
import { ApiFailure, invalid } from '../failure.js'
import { type Parts, actionsOf, tracesOf } from '../parts.js'
import type { ApiRequest, Routes } from '../route-table.js'
import { handedTrace } from './handed-trace.js'

const mostListed = 500

export const empty: { readonly value: EmptyReply } = { value: {} }

/** A value, or several of one name. */
export const params = record((value, path): string | readonly string[] =>
  Array.isArray(value) ? list(text)(value, path) : text(value, path),
)

const pinRequest: Check<PinRequest> = object({ isPinned: flag })

const replayRequest: Check<ReplayRequest> = object({
  edits: optional(
    object({
      method: optional(text),
      path: optional(text),
      params: optional(params),
      headers: optional(list(pair)),
      body: optional(text),
    }),
  ),
})

const undoRequest: Check<ClearedReply> = object({ undo: number({ integer: true }) })

const handed: Check<HandedTrace> = object({ trace: handedTrace })

export function traceRoutes(parts: Parts): Routes {
  const traces = () => tracesOf(parts)
  return {
    'GET /traces': ({ query }) => {
      const before = numberIn(query, 'before')
      const limit = Math.min(numberIn(query, 'limit') ?? 50, mostListed)
      return { value: traces().list({ filter: query.get('filter') ?? '', before, limit }) }
    },
    'DELETE /traces': () => ({ value: { undo: traces().clear() } }),
    'POST /traces/undo': ({ body }) => {
      if (traces().restore(undoRequest(body, '').undo)) return empty
      throw new ApiFailure(404, { code: 'not_found', message: 'These traces cannot be had back any more' })
    },
    'POST /traces': ({ body }) => ({ value: { traces: [traces().add(handed(body, '').trace)] } }),
    'GET /traces/:cid': ({ params: { cid = '' } }) => ({ value: { traces: tracesOfCid(parts, cid) } }),
    'GET /trace/:id': (request) => ({ value: traceOf(parts, request) }),
    'DELETE /trace/:id': (request) => {
      if (!traces().remove(idOf(request))) throw gone()
      return empty
    },
    'PUT /trace/:id/pin': (request) => {
      const done = traces().pin(idOf(request), pinRequest(request.body, '').isPinned)
      if (done === 'gone') throw gone()
      if (done === 'full') {
        const message = 'As many traces are pinned as can be'
        throw new ApiFailure(409, { code: 'too_many_pins', message, hint: 'unpin one first' })
      }
      return empty
    },
    'POST /trace/:id/replay': async (request) => {
      const { edits } = replayRequest(request.body ?? {}, '')
      const { id } = traceOf(parts, request)
      return { status: 202, value: await actionsOf(parts).replay(id, edits) }
    },
    'POST /trace/:id/cancel': (request) => {
      const { id } = traceOf(parts, request)
      if (actionsOf(parts).cancel(id)) return empty
      const message = 'The trace does not run any more, or was begun elsewhere'
      throw new ApiFailure(409, { code: 'not_cancellable', message })
    },
  }
}

/** @throws ApiFailure 404 if none is kept */
export function tracesOfCid(parts: Parts, cid: string): readonly Trace[] {
  const found = tracesOf(parts).byCid(cid)
  if (found.length === 0) throw gone()
  return found
}

/** @throws ApiFailure 404 if it is not kept */
export function traceOf(parts: Parts, request: ApiRequest): Trace {
  const found = tracesOf(parts).get(idOf(request))
  if (!found) throw gone()
  return found
}

/** @throws ApiFailure 400 for what is no number */
export function numberIn(query: URLSearchParams, name: string): number | undefined {
  const given = query.get(name)
  if (given === null || given === '') return undefined
  if (!/^\d{1,15}$/.test(given)) throw invalid(`"${name}" must be a whole number`)
  return number({ integer: true })(Number(given), name)
}

function idOf({ params: { id = '' } }: ApiRequest): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : 0
}

function gone(): ApiFailure {
  return new ApiFailure(404, {
    code: 'trace_gone',
    message: 'The trace is not kept any more',
    hint: 'it was removed to stay within the limits, or is from before the server was started',
  })
}
