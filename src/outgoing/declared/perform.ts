import { performCall } from '../call.js'
import type { Caller } from '../caller.js'
import type { Endpoint } from '../endpoint.js'
import { Mistake } from '../mistake.js'
import { isPlainObject } from '../plain-object.js'
import { type Call, badCall } from '../prepare.js'
import type { RestResponse } from '../response.js'
import { DeclaredCalls } from './declared.js'
import type { GivenCall } from './merge.js'

/** Makes a call, with the parts that its connection declares for each. @throws OutgoingError */
export function performWithDeclared<T>(endpoint: Endpoint, caller: Caller, call: Call): Promise<RestResponse<T>> {
  const declared = declaredOf(endpoint)
  return declared
    ? completed(endpoint, call, declared).then((whole) => performCall<T>(endpoint, caller, whole))
    : performCall<T>(endpoint, caller, call)
}

/** Makes the call that a connection declares. @throws OutgoingError */
export async function performDeclared<T>(endpoint: Endpoint, caller: Caller, call: InvokeCall) {
  return performCall<T>(endpoint, caller, await completeDeclared(endpoint, call))
}

/** What `invoke` gets. Nothing of it is checked yet. */
export interface InvokeCall {
  readonly cid: unknown
  readonly argument?: unknown
}

/** The declared call, as `request` takes it. @throws BadCall */
export async function completeDeclared(endpoint: Endpoint, { cid, argument = {} }: InvokeCall): Promise<Call> {
  const own = isPlainObject(argument) ? argument : undefined
  // What is no object is refused in the words of any other call.
  if (!own) return { cid, method: 'request', options: argument }
  const declared = declaredOf(endpoint)
  const given = { ...partsOf(own), cid, method: typeof own.method === 'string' ? own.method : undefined }
  const whole = declared
    ? await explained(endpoint, { cid }, () => declared.completeWhole(given))
    : { ...given, method: given.method ?? (given.payload === undefined ? 'GET' : 'POST') }
  const { method, payload, params, headers } = whole
  const options = { ...own, method: own.method ?? method, payload, ...defined({ params, headers }) }
  return { cid, method: 'request', options, ...(declared?.map && { map: declared.map }) }
}

/** Each connection compiles its expressions once. */
const known = new WeakMap<Endpoint, DeclaredCalls | null>()

function declaredOf(endpoint: Endpoint): DeclaredCalls | undefined {
  let declared = known.get(endpoint)
  if (declared === undefined) known.set(endpoint, (declared = DeclaredCalls.of(endpoint.definition) ?? null))
  return declared ?? undefined
}

async function completed(endpoint: Endpoint, call: Call, declared: DeclaredCalls): Promise<Call> {
  const own = call.options ?? {}
  if (!isPlainObject(own)) return call
  const isRequest = call.method === 'request' || call.method === 'DELETE'
  const given: GivenCall = { ...partsOf(own), cid: call.cid, payload: isRequest ? own.payload : call.payload }
  const { params, headers } = await explained(endpoint, call, () => declared.complete(given))
  return { ...call, options: { ...own, ...defined({ params, headers }) } }
}

function partsOf({ payload, params, headers }: Readonly<Record<string, unknown>>): Omit<GivenCall, 'cid'> {
  return { payload, params, headers }
}

function defined(parts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

async function explained<T>(endpoint: Endpoint, { cid }: { readonly cid: unknown }, complete: () => Promise<T>) {
  try {
    return await complete()
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    throw badCall(error, endpoint, { connection: endpoint.name, cid: typeof cid === 'string' ? cid : undefined })
  }
}
