import { readableDetails } from '../core/log-details.js'
import { count } from '../core/format.js'

/** More than these are folded. */
const mostLines = 3

/** What a log line carries besides its message. */
export function LogDetails({ details }: { readonly details: string }) {
  const text = readableDetails(details)
  const lines = text.split('\n')
  if (lines.length <= mostLines) return <pre tabIndex={0}>{text}</pre>
  return (
    <details class="log-details">
      <summary>{`${lines[0] ?? ''} … ${count(lines.length - 1, 'more line')}`}</summary>
      <pre tabIndex={0}>{text}</pre>
    </details>
  )
}
