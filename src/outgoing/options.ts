import type { StandardSchemaV1 } from '@standard-schema/spec'
import { didYouMean } from '../nearest.js'
import { Mistake } from './mistake.js'
import { describe, isPlainObject } from './plain-object.js'

/** The options of a call, checked. */
export interface ReadOptions {
  readonly params: unknown
  readonly headers: unknown
  /** In milliseconds; undefined for the connection's own. */
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal | undefined
  readonly schema: StandardSchemaV1 | undefined
  readonly stream: boolean
  /** Undefined for the connection's own. */
  readonly retries: number | undefined
  /** Name of a security definition; undefined for the connection's own. */
  readonly security: string | undefined
  /** Separated by blanks; undefined for those of the security definition. */
  readonly scopes: string | undefined
  readonly payload: unknown
}

const known: ReadonlySet<string> = new Set([
  'params',
  'headers',
  'timeout',
  'signal',
  'schema',
  'stream',
  'retries',
  'security',
  'scopes',
])

const none: ReadOptions = {
  params: undefined,
  headers: undefined,
  timeoutMs: undefined,
  signal: undefined,
  schema: undefined,
  stream: false,
  retries: undefined,
  security: undefined,
  scopes: undefined,
  payload: undefined,
}

/** Keys that `request` takes beside the options. */
const requestKeys: ReadonlySet<string> = new Set([...known, 'method', 'payload'])
const deleteKeys: ReadonlySet<string> = new Set([...known, 'payload'])

/**
 * Reads the options of a call.
 *
 * @param method of the call: `DELETE` takes a payload here
 * @throws Mistake for a key or a value that no option has
 */
export function readOptions(options: unknown, method: string): ReadOptions {
  if (options === undefined) return none
  return read(options, method === 'DELETE' ? deleteKeys : known, method)
}

/**
 * Reads the argument of `request`: the options, the method and the payload.
 *
 * @throws Mistake
 */
export function readRequestArgument(argument: unknown): ReadOptions & { readonly method: unknown } {
  if (argument === undefined)
    throw new Mistake('ZN403', 'request() was given no method', { hint: "write { method: 'GET' }" })
  return { ...read(argument, requestKeys, 'request'), method: (argument as { method?: unknown }).method }
}

function read(options: unknown, allowed: ReadonlySet<string>, method: string): ReadOptions {
  if (!isPlainObject(options)) {
    throw new Mistake('ZN403', `the options are ${describe(options)}`, { hint: 'write { params: { … } }' })
  }
  for (const key of Object.keys(options)) {
    if (!allowed.has(key)) throw unknownOption(key, method)
  }
  const { params, headers, timeout, signal, schema, stream, retries, security, scopes, payload } = options
  if (stream === true && schema !== undefined) {
    throw new Mistake('ZN403', '"schema" cannot check a stream', { hint: 'leave one of the two options out' })
  }
  return {
    params,
    headers,
    timeoutMs: timeout === undefined ? undefined : readTimeout(timeout),
    signal: readSignal(signal),
    schema: readSchema(schema),
    stream: readStream(stream),
    retries: readRetries(retries),
    security: readSecurity(security),
    scopes: readScopes(scopes),
    payload,
  }
}

/** An hour: what is longer was meant in milliseconds. */
const longestTimeout = 3600

function readTimeout(timeout: unknown): number {
  if (typeof timeout !== 'number' || !Number.isFinite(timeout) || timeout <= 0) {
    const found = typeof timeout === 'number' ? String(timeout) : describe(timeout)
    throw new Mistake('ZN403', `"timeout" is ${found}`, { hint: 'give seconds, more than 0 and at most 3600' })
  }
  if (timeout > longestTimeout) {
    throw new Mistake('ZN403', `"timeout" is ${timeout} seconds, which is more than an hour`, {
      hint: `milliseconds? Then write timeout: ${timeout / 1000}`,
    })
  }
  return timeout * 1000
}

function readSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  const hint = signal instanceof AbortController ? 'give controller.signal' : 'give the signal of an AbortController'
  throw new Mistake('ZN403', `"signal" is ${describe(signal)}`, { hint })
}

function readSchema(schema: unknown): StandardSchemaV1 | undefined {
  if (schema === undefined) return undefined
  const holder = (typeof schema === 'object' && schema !== null) || typeof schema === 'function' ? schema : {}
  if ('~standard' in holder) return schema as StandardSchemaV1
  throw new Mistake('ZN403', `"schema" is ${describe(schema)}, not a schema`, {
    hint: 'give one of zod, valibot, arktype or any other Standard Schema',
  })
}

function readStream(stream: unknown): boolean {
  if (stream === undefined || typeof stream === 'boolean') return stream ?? false
  throw new Mistake('ZN403', `"stream" is ${describe(stream)}`, { hint: 'true or false' })
}

const mostRetries = 100

function readRetries(retries: unknown): number | undefined {
  if (retries === undefined) return undefined
  if (Number.isInteger(retries) && Number(retries) >= 0 && Number(retries) <= mostRetries) return Number(retries)
  const found = typeof retries === 'number' ? String(retries) : describe(retries)
  throw new Mistake('ZN403', `"retries" is ${found}`, { hint: `give a whole number from 0 to ${mostRetries}` })
}

function readSecurity(security: unknown): string | undefined {
  if (security === undefined || (typeof security === 'string' && security !== '')) return security
  throw new Mistake('ZN403', `"security" is ${security === '' ? 'empty' : describe(security)}`, {
    hint: 'give the name of a security definition of zato.yaml',
  })
}

/** As RFC 6749, 3.3, has them: no blanks, quotes or backslashes within one. */
const scope = /^[\x21\x23-\x5B\x5D-\x7E]+$/

function readScopes(scopes: unknown): string | undefined {
  if (scopes === undefined) return undefined
  const words = typeof scopes === 'string' ? scopes.split(/\s+/).filter(Boolean) : scopes
  if (Array.isArray(words) && words.every((word) => typeof word === 'string' && scope.test(word)))
    return words.join(' ')
  throw new Mistake('ZN403', `"scopes" is ${describe(scopes)}, or holds something that is no scope`, {
    hint: "write scopes: 'orders:read orders:write', or a list",
  })
}

/** Where the options of other HTTP clients belong. */
const elsewhere: Readonly<Record<string, string>> = {
  ...places('the payload is the second argument: conn.post(this.cid, payload, options)', [
    'data',
    'json',
    'body',
    'form',
  ]),
  ...places('write it as params', ['searchParams', 'query', 'qs', 'queryParams', 'path', 'pathParams', 'param']),
  ...places('host and url_path stand in zato.yaml, at the connection', [
    'baseURL',
    'baseUrl',
    'prefixUrl',
    'url',
    'host',
  ]),
  ...places('a status never throws: look at response.ok', ['validateStatus', 'throwHttpErrors', 'throwOnError']),
  ...places("credentials stand in zato.yaml, in a security definition; { security: 'Name' } takes those of another", [
    'auth',
    'credentials',
  ]),
  ...places('redirects are never followed: the 3xx is the response', ['maxRedirects', 'redirect', 'followRedirect']),
  ...places('response.data, text, raw and stream: true give the body in any form', ['responseType', 'encoding']),
  ...places('did you mean retries?', ['retry', 'maxRetries', 'max_retries']),
  ...places('pools, TLS and proxies belong to the connection, in zato.yaml', [
    'agent',
    'httpsAgent',
    'dispatcher',
    'proxy',
  ]),
  ...places('conn.request(this.cid, { method, payload }) takes it', ['method']),
  ...places('the cid is the first argument: conn.get(this.cid, options)', ['cid']),
}

function places(hint: string, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, hint]))
}

function unknownOption(key: string, method: string): Mistake {
  return new Mistake('ZN403', `there is no option "${key}"`, { hint: unknownHint(key, method) })
}

function unknownHint(key: string, method: string): string {
  if (key === 'payload') return payloadHint(method)
  if (Object.hasOwn(elsewhere, key)) return elsewhere[key] ?? ''
  if (isHeaderName(key)) return `did you mean { headers: { '${key}': … } }?`
  return didYouMean(key, known) ?? `did you mean { params: { ${propertyName(key)} } }?`
}

function payloadHint(method: string): string {
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) {
    return `${method} has no body; conn.request(this.cid, { method: '${method}', payload }) sends one all the same`
  }
  return `the payload is the second argument: conn.${method.toLowerCase()}(this.cid, payload, options)`
}

/** `X-Something`, `Content-Type`: no parameter is written like this. */
function isHeaderName(key: string): boolean {
  return /^[A-Z][a-z]*(?:-[A-Z][A-Za-z]*)+$/.test(key) || ['Authorization', 'Accept', 'Cookie', 'ETag'].includes(key)
}

function propertyName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)
}
