import { randomUUID } from 'node:crypto'
import { headerProblem, isToken } from '../project/header-rules.js'
import { outgoingTraceparent } from '../trace/context.js'
import type { Address } from './address.js'
import { writeBody } from './body.js'
import type { Caller } from './caller.js'
import type { Endpoint, Plan } from './endpoint.js'
import { BadCall, type CallFacts } from './errors.js'
import { misplaced } from './misplaced.js'
import { Mistake } from './mistake.js'
import { type ReadOptions, readOptions, readRequestArgument } from './options.js'
import { describe } from './plain-object.js'
import type { Outbound } from './message.js'
import { isIdempotent } from './retry-policy.js'

/** A call as its author wrote it. Nothing of it is checked yet. */
export interface Call {
  readonly cid: unknown
  /** Name of the verb, or `request`: then the method stands in the options. */
  readonly method: string
  readonly payload?: unknown
  readonly options?: unknown
  /** In place of the connection's own: that of a ping. */
  readonly address?: Address
  /** Makes the data of the response of that of a 2xx reply: the `response_map` of a declared call. */
  readonly map?: (data: unknown) => Promise<unknown>
}

/** A call that can be sent. */
export interface Prepared {
  readonly cid: string
  readonly plan: Plan
  readonly options: ReadOptions
  readonly outbound: Outbound
  readonly url: string
  readonly map: Call['map']
  /** Whether its time limit is one of each silence. */
  readonly isUpload: boolean
}

/**
 * Checks a call and writes its request. Nothing is sent, and nothing that the caller gave is changed.
 *
 * @throws NotConfigured, BadCall
 */
export function prepareCall(endpoint: Endpoint, caller: Caller, call: Call): Prepared {
  const facts: CallFacts = { connection: endpoint.name, cid: typeof call.cid === 'string' ? call.cid : undefined }
  try {
    const read = { cid: readCid(call), ...readCall(call) }
    return prepare(endpoint, endpoint.planFor(facts, read.options.security), { caller, call, read })
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    throw badCall(
      misplaced(call, error) ?? error,
      endpoint,
      call.method === 'request' ? facts : { ...facts, method: call.method },
    )
  }
}

interface PrepareParts {
  readonly caller: Caller
  readonly call: Call
  readonly read: ReadCall & { readonly cid: string }
}

function prepare(endpoint: Endpoint, plan: Plan, { caller, call, read }: PrepareParts): Prepared {
  const { cid, method, options, payload } = read
  if (options.scopes !== undefined && !plan.oauth) {
    throw new Mistake('ZN403', '"scopes" has no meaning here: no token is fetched for this call', {
      hint: 'leave it out, or name a security definition that has an auth_server_url',
    })
  }
  if (call.map && options.stream) {
    throw new Mistake('ZN403', '"stream" leaves nothing that the response_map of the connection could reshape', {
      hint: 'leave it out, or call with get, post or request',
    })
  }
  const address = call.address ?? plan.address
  const path = address.target(options.params)
  const body = writeBody(endpoint.definition.dataFormat, payload)
  if (body && method === 'HEAD') throw new Mistake('ZN402', 'a HEAD has no body')
  const headers = plan.headers.headersOf({
    cid,
    traceparent: plan.headers.sendsTraceparent ? outgoingTraceparent(cid, caller.traceparent) : undefined,
    contentType: body && (body.isMultipart ? body.contentType : (plan.headers.contentType ?? body.contentType)),
    own: options.headers,
    ...(isRepeatedByRequest(method, options) && { idempotencyKey: randomUUID() }),
  })
  if (body?.length !== undefined) headers.push('Content-Length', String(body.length))
  const outbound = { method, path, headers, body: body?.content }
  return {
    cid,
    plan,
    options,
    outbound,
    url: address.origin + path,
    map: call.map,
    isUpload: body?.isMultipart === true,
  }
}

/** Whether a method that may do something twice is to be tried again, so that the API must be able to tell a repetition. */
function isRepeatedByRequest(method: string, { retries = 0 }: ReadOptions): boolean {
  return retries > 0 && !isIdempotent(method)
}

/** What is wrong with a call, told to whoever made it. */
export function badCall(mistake: Mistake, { name, redactor }: Endpoint, facts: CallFacts): BadCall {
  const { code, message, hint, cause } = mistake
  return new BadCall(code, redactor.text(`Cannot call "${name}": ${message}`), {
    facts,
    hint: hint && redactor.text(hint),
    ...(cause !== undefined && { cause }),
  })
}

function readCid({ cid, method }: Call): string {
  if (typeof cid !== 'string' || cid === '') {
    const verb = method.toLowerCase()
    const rest = ['post', 'put', 'patch'].includes(verb) ? 'payload, options' : 'options'
    throw new Mistake('ZN403', `the first argument is ${cid === '' ? 'empty' : describe(cid)}, and not the cid`, {
      hint: `write conn.${verb}(this.cid, ${rest})`,
    })
  }
  if (headerProblem('X-Zato-CID', cid)) {
    throw new Mistake('ZN403', 'the cid holds a character that no header can carry', { hint: 'give this.cid' })
  }
  return cid
}

interface ReadCall {
  readonly method: string
  readonly options: ReadOptions
  readonly payload: unknown
}

function readCall({ method, payload, options }: Call): ReadCall {
  if (method !== 'request') {
    const read = readOptions(options, method)
    return { method, options: read, payload: method === 'DELETE' ? read.payload : payload }
  }
  const read = readRequestArgument(options)
  return { method: readMethod(read.method), options: read, payload: read.payload }
}

function readMethod(method: unknown): string {
  if (typeof method !== 'string' || method === '') {
    throw new Mistake('ZN403', `"method" is ${method === '' ? 'empty' : describe(method)}`, {
      hint: "write { method: 'GET' }",
    })
  }
  const upper = method.toUpperCase()
  if (!isToken(upper)) throw new Mistake('ZN404', `${JSON.stringify(method)} is not a method of HTTP`)
  if (upper === 'CONNECT') throw new Mistake('ZN404', 'CONNECT would open a tunnel, which is no call')
  return upper
}
