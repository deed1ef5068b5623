import { shownValue } from './as-zato.js'
import { type SnippetRequest, headersToSend, textOf } from './request.js'

/** The request as it stands on the wire. A body that is no text is only told of. */
export function asHttp(request: SnippetRequest): string {
  const { method, url, body } = request
  const [, host = '', target = ''] = /^[a-z]+:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? []
  const headers = headersToSend(request).map(([name, value]) => `${name}: ${shownValue(name, value)}`)
  const text = body && (textOf(body) ?? `(${body.length} bytes that are no text)`)
  const length = body ? [`Content-Length: ${body.length}`] : []
  const path = target.startsWith('/') ? target : `/${target}`
  return [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...headers, ...length, '', text ?? ''].join('\n')
}
