import { signal } from '@preact/signals'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'ok' | 'bad'
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

const toasts = signal<readonly Toast[]>([])
let last = 0

/** Says what has happened, for some seconds; longer if something can be done about it. */
export function say(text: string, { tone = 'ok', action }: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  last += 1
  const id = last
  toasts.value = [...toasts.value.slice(-3), { id, text, tone, action }]
  setTimeout(() => drop(id), action || tone === 'bad' ? 10_000 : 4_000)
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-label="Notices">
      {toasts.value.map(({ id, text, tone, action }) => (
        <div class={`toast ${tone}`} key={id}>
          <span>{text}</span>
          {action && (
            <button
              type="button"
              class="quiet"
              onClick={() => {
                drop(id)
                action.run()
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="quiet icon-only" aria-label="Dismiss" onClick={() => drop(id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  )
}
