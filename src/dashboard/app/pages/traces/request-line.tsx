import type { Span, Trace } from '../../../../trace/record.js'
import { CopyButton } from '../../ui/copy-button.js'

/** Where it went, from which template, and where each parameter is. */
export function RequestLine({ span, trace }: { readonly span: Span; readonly trace: Trace }) {
  const { call } = span
  if (!call) {
    if (span.parentId !== undefined || trace.path === undefined) return null
    return <UrlLine method={trace.method ?? ''} url={trace.path} />
  }
  return (
    <>
      <UrlLine method={call.method} url={call.url} />
      {call.template !== call.url && <p class="template mono dim">{marked(call.template)}</p>}
      {call.params.length > 0 && (
        <table class="facts">
          <caption class="hidden">Parameters</caption>
          <tbody>
            {call.params.map(({ name, in: where, value }, index) => (
              <tr key={index}>
                <th scope="row" class="mono">
                  {name}
                </th>
                <td class="mono">{value}</td>
                <td>
                  <span class="tag">{where}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function UrlLine({ method, url }: { readonly method: string; readonly url: string }) {
  return (
    <p class="url-line mono">
      <span class="method">{method}</span> <span>{url}</span>
      <CopyButton text={url} what="the URL" />
    </p>
  )
}

/** Its placeholders stand out. */
export function marked(template: string) {
  return template
    .split(/(\{[^{}]*\})/)
    .map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece))
}
