import { CopyButton } from './copy-button.js'

interface Props {
  readonly text: string
  readonly label: string
  readonly canCopy?: boolean
}

/** Text as it is, in a region that scrolls by itself. */
export function Code({ text, label, canCopy = true }: Props) {
  return (
    <div class="code">
      {canCopy && <CopyButton text={text} what={label} />}
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </div>
  )
}

/** A unified diff; signs stay, so that colour is not needed. */
export function Diff({ text, label }: { readonly text: string; readonly label: string }) {
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    <pre class="diff" tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, index) => (
        <span key={index} class={diffTone(line)}>
          {`${line}\n`}
        </span>
      ))}
    </pre>
  )
}

function diffTone(line: string): string {
  if (/^(\+\+\+|---|@@)/.test(line)) return 'diff-head'
  if (line.startsWith('+')) return 'diff-add'
  return line.startsWith('-') ? 'diff-del' : ''
}
