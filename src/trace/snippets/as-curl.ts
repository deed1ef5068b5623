import { renderCurl } from './curl.js'
import { type SnippetRequest, type Spelling, headersToSend, hidden, textOf } from './request.js'
import type { ShellPart } from './shell.js'

/** The curl command that sends a request again. */
export function asCurl(request: SnippetRequest, spelling: Spelling): string {
  const text = request.body && textOf(request.body)
  const { user } = spelling
  const headers = headersToSend(request)
    .filter(([name]) => !user || name.toLowerCase() !== 'authorization')
    .map(([name, value]) => [name, spelled(name, value, spelling)] as const)
  return renderCurl({
    method: request.method,
    url: [request.url],
    headers,
    user,
    body: request.body,
    bodyParts: text === undefined ? undefined : [text],
    insecure: spelling.insecure,
    caFile: spelling.caFile,
  })
}

function spelled(name: string, value: string, spelling: Spelling): readonly ShellPart[] {
  if (!value.includes(hidden)) return [value]
  return spelling.header(name) ?? [`<secret: ${name}>`]
}
