import { createLogger } from '../../../log.js'
import { redactorOf } from '../../../redact.js'
import type { CallRequest } from '../../../trace/requests.js'
import { newCid } from '../../../trace/context.js'
import { harOf } from '../../../trace/snippets/har.js'
import { version } from '../../../version.js'
import type { Snippets, TypedSnippets } from '../../shared/api.js'
import { ApiFailure, unknown } from '../failure.js'
import type { Parts } from '../parts.js'
import type { Routes } from '../route-table.js'
import { callRequest } from './actions.js'
import { numberIn, traceOf, tracesOfCid } from './traces.js'

/** Requests to be sent again by hand. What makes them is loaded when somebody copies the first. */
export function snippetRoutes(parts: Parts): Routes {
  const { server } = parts
  const context = () => ({ project: server.project, channelsUrl: server.url })
  return {
    'GET /traces/:cid/har': ({ params: { cid = '' } }) => {
      const value = harOf(tracesOfCid(parts, cid), { version, channelsUrl: server.url })
      return { value, fileName: `${cid.replace(/[^\w.-]/g, '_')}.har` }
    },
    'GET /trace/:id/snippets': async (request) => {
      const trace = traceOf(parts, request)
      const { snippetsOfTrace } = await import('../../../runtime/snippets.js')
      return { value: snippetsOfTrace(trace, numberIn(request.query, 'span'), context()) satisfies Snippets }
    },
    'POST /connections/:name/snippets': async ({ params: { name = '' }, body }) => {
      return { value: await snippetsOfCall(parts, name, callRequest(body, '')) }
    },
  }
}

/** Nothing is sent. What is typed may lack something yet: that is no error. */
async function snippetsOfCall({ server }: Parts, name: string, request: CallRequest): Promise<TypedSnippets> {
  const { project } = server
  if (!project) throw new ApiFailure(503, { code: 'not_available', message: 'No project is served' })
  const names = project.outgoingRest.map((one) => one.name)
  if (!names.includes(name)) throw unknown('connection', name, names)
  const { Outgoing } = await import('../../../outgoing/outgoing.js')
  const { OutgoingError } = await import('../../../outgoing/errors.js')
  const { snippetsOfPrepared } = await import('../../../runtime/snippets.js')
  const redactor = redactorOf(project)
  const outgoing = new Outgoing({ project, redactor, log: createLogger(() => undefined) })
  const { method, params = {}, headers = [], body: payload, cid = newCid() } = request
  try {
    const prepared = outgoing.prepare(name, { cid, method, params, headers: Object.fromEntries(headers), payload })
    const sent = {
      method: prepared.method,
      url: redactor.url(prepared.url),
      headers: Object.entries(redactor.headers(prepared.headers)),
      body: prepared.body,
    }
    return snippetsOfPrepared(sent, { connection: name, params, ownHeaders: headers }, project)
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    return { refused: [error.message, error.hint].filter(Boolean).join(': ') }
  } finally {
    await outgoing.close()
  }
}
