import { isPlainObject } from '../plain-object.js'

/** A call as its author wrote it, as far as something can be declared of it. */
export interface GivenCall {
  readonly cid: unknown
  readonly method?: string | undefined
  readonly payload?: unknown
  readonly params?: unknown
  readonly headers?: unknown
}

/** What is declared, by name; what is undefined is left out. */
export interface Parts {
  readonly query: readonly (readonly [string, unknown])[]
  readonly path: readonly (readonly [string, unknown])[]
  readonly headers: readonly (readonly [string, unknown])[]
}

/** A call with the declared parts under its own. What is no object is left to whoever checks the call. */
export function merge({ query, path, headers }: Parts, call: GivenCall): GivenCall {
  const isUsable = (value: unknown) => value === undefined || isPlainObject(value)
  const params = isUsable(call.params) ? mergeParams({ query, path }, call.params) : call.params
  return { ...call, params, headers: isUsable(call.headers) ? mergeHeaders(headers, call.headers) : call.headers }
}

function mergeParams({ query, path }: Pick<Parts, 'query' | 'path'>, own: unknown): unknown {
  if (query.length === 0 && path.length === 0) return own
  const params = new Map<string, unknown>()
  // A name that stands twice repeats its key.
  for (const [name, value] of query) {
    if (value === undefined) continue
    params.set(name, params.has(name) ? [params.get(name), value].flat() : value)
  }
  for (const [name, value] of path) if (value !== undefined) params.set(name, value)
  for (const [name, value] of Object.entries(own ?? {})) params.set(name, value)
  return Object.fromEntries(params)
}

/** Names of headers are compared without case. */
function mergeHeaders(declared: Parts['headers'], own: unknown): unknown {
  const given = Object.entries(own ?? {})
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  const left = declared.filter(([name, value]) => value !== undefined && !names.has(name.toLowerCase()))
  return left.length === 0 ? own : Object.fromEntries([...left, ...given])
}
