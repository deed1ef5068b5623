import { type SnippetCall, type SnippetRequest, base64Of, hidden, textOf } from './request.js'
import { shellWord } from './shell.js'

/** Linux takes no argument of 128 KB or more. */
const longestArgument = 100_000

/** The `zato-ts` command that does a request again: the connection adds its own headers and credentials. */
export function asZato({ method, body, call, traceId }: SnippetRequest): string {
  if (!call) return traceId === undefined ? '' : `zato-ts trace replay ${traceId}`
  const data = body && dataOf(body)
  const words = [
    'zato-ts call',
    shellWord(call.connection),
    ...(method === (body ? 'POST' : 'GET') ? [] : ['-X', shellWord(method)]),
    ...paramWords(call.params),
    ...call.ownHeaders.map(([name, value]) => `-H ${shellWord(`${name}: ${shownValue(name, value)}`)}`),
    ...(data ? [`-d ${data.argument}`] : []),
  ]
  return `${data?.before ?? ''}${words.join(' ')}`
}

/** A key that would be read as something else makes all of them one JSON object. */
function paramWords(params: SnippetCall['params']): string[] {
  const entries = Object.entries(params)
  if (entries.length === 0) return []
  if (!entries.every(([key, value]) => isPlainPair(key, value))) return ['--params', shellWord(JSON.stringify(params))]
  const pairs = entries.flatMap(([key, value]) => [value].flat().map((one) => shellWord(`${key}=${one}`)))
  return ['--params', ...pairs]
}

function isPlainPair(key: string, value: string | readonly string[]): boolean {
  const isOne = typeof value === 'string' || value.length > 1
  return isOne && /^[^-@{=\s][^=]*$/.test(key) && key !== '__proto__'
}

/** What would be read as a file, or cannot stand on a command line, comes by the standard input. */
function dataOf(body: Uint8Array): { readonly argument: string; readonly before?: string } {
  const text = textOf(body)
  if (text === undefined || body.length >= longestArgument || body.includes(0)) {
    return { argument: '-', before: `printf %s ${base64Of(body)} | base64 -d | ` }
  }
  if (text.startsWith('@') || text === '-') return { argument: '-', before: `printf %s ${shellWord(text)} | ` }
  return { argument: shellWord(text) }
}

export function shownValue(name: string, value: string): string {
  return value.includes(hidden) ? `<secret: ${name}>` : value
}
