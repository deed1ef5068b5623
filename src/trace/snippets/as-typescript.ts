import { shownValue } from './as-zato.js'
import { type SnippetCall, type SnippetRequest, base64Of, headersToSend, textOf } from './request.js'

/** The code that does a request again: in a service through its connection, elsewhere with fetch. */
export function asTypeScript(request: SnippetRequest): string {
  const { call } = request
  return call ? asCall(request, call) : asFetch(request)
}

const withPayload = new Set(['POST', 'PUT', 'PATCH'])
const withoutPayload = new Set(['GET', 'HEAD', 'OPTIONS'])

function asCall({ method, body }: SnippetRequest, call: SnippetCall): string {
  const payload = body && payloadOf(body, call.dataFormat)
  const options = [
    ...pairOf('params', recordOf(Object.entries(call.params))),
    ...pairOf('headers', recordOf(call.ownHeaders.map(([name, value]) => [name, shownValue(name, value)]))),
  ]
  const verb = `conn.${method.toLowerCase()}`
  const lines = [`const { conn } = this.out.rest[${quoted(call.connection)}]`]
  if (withPayload.has(method)) return [...lines, callOf(verb, [payload ?? 'undefined'], options)].join('\n')
  if (withoutPayload.has(method) && !payload) return [...lines, callOf(verb, [], options)].join('\n')
  const all = [...(payload ? [`payload: ${payload}`] : []), ...options]
  if (method === 'DELETE') return [...lines, callOf(verb, [], all)].join('\n')
  return [...lines, callOf('conn.request', [], [`method: ${quoted(method)}`, ...all])].join('\n')
}

function callOf(verb: string, given: readonly string[], options: readonly string[]): string {
  const last = options.length > 0 ? [`{ ${options.join(', ')} }`] : []
  // A payload that is none is only there for what follows it.
  const before = last.length === 0 && given[0] === 'undefined' ? [] : given
  return `const response = await ${verb}(${['this.cid', ...before, ...last].join(', ')})`
}

function asFetch(request: SnippetRequest): string {
  const { method, url, body } = request
  const headers = headersToSend(request).map(([name, value]) => [name, shownValue(name, value)] as const)
  const options = [
    ...(method === 'GET' ? [] : [`method: ${quoted(method)}`]),
    ...(headers.length > 0
      ? [`headers: [${headers.map((pair) => `[${pair.map(quoted).join(', ')}]`).join(', ')}]`]
      : []),
    ...(body ? [`body: ${literalOf(body)}`] : []),
  ]
  const last = options.length > 0 ? `, { ${options.join(', ')} }` : ''
  return `const response = await fetch(${quoted(url)}${last})`
}

/** JSON that is written the same way again is given as data; anything else as it is. */
function payloadOf(body: Uint8Array, dataFormat: string): string {
  const text = textOf(body)
  if (dataFormat !== 'json' || text === undefined || text.includes('__proto__')) return literalOf(body)
  try {
    const value = JSON.parse(text) as unknown
    const isData = typeof value === 'object' && value !== null
    return isData && JSON.stringify(value) === text ? text : literalOf(body)
  } catch {
    return literalOf(body)
  }
}

function literalOf(body: Uint8Array): string {
  const text = textOf(body)
  return text === undefined ? `Buffer.from(${quoted(base64Of(body))}, 'base64')` : quoted(text)
}

function pairOf(name: string, record: string): string[] {
  return record === '' ? [] : [`${name}: ${record}`]
}

function recordOf(entries: readonly (readonly [string, string | readonly string[]])[]): string {
  if (entries.length === 0) return ''
  const pairs = entries.map(
    ([key, value]) => `${keyOf(key)}: ${typeof value === 'string' ? quoted(value) : listOf(value)}`,
  )
  return `{ ${pairs.join(', ')} }`
}

function listOf(values: readonly string[]): string {
  return `[${values.map(quoted).join(', ')}]`
}

/** Written plainly, `__proto__` would be no key. */
function keyOf(key: string): string {
  if (key === '__proto__') return `['__proto__']`
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)
}

/** A literal in single quotes. */
function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1)
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
