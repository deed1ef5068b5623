import { act, copyText } from './act.js'
import { Icon } from './icon.js'

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const label = `Copy ${what}`
  return (
    <button
      type="button"
      class="quiet icon-only"
      aria-label={label}
      title={label}
      onClick={() => act(() => copyText(text, what))}
    >
      <Icon name="copy" />
    </button>
  )
}
