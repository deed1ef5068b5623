import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

export interface MenuItem {
  readonly label: string
  readonly hint?: string | undefined
  readonly run: () => void
}

interface Props {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly children: ComponentChildren
  readonly class?: string
}

/** A button that opens a menu: arrows, Home, End and first letters move, Escape and Tab close it. */
export function Menu({ label, items, children, class: look = '' }: Props) {
  const isOpen = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const entries = () => [...(box.current?.querySelectorAll<HTMLButtonElement>('[role=menuitem]') ?? [])]
  const close = (returnFocus: boolean) => {
    isOpen.value = false
    if (returnFocus) button.current?.focus()
  }

  useEffect(() => {
    if (!isOpen.value) return
    entries()[0]?.focus()
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [isOpen.value])

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen.value) return
    event.stopPropagation()
    const all = entries()
    const at = all.findIndex((entry) => entry === document.activeElement)
    const next = nextEntry(event.key, { at, labels: items.map((item) => item.label) })
    if (next !== undefined) all.at(next)?.focus()
    else if (event.key === 'Escape') close(true)
    else if (event.key === 'Tab') {
      close(false)
      return
    } else return
    event.preventDefault()
  }

  return (
    <div class="menu" ref={box} onKeyDown={onKeyDown}>
      <button
        type="button"
        ref={button}
        class={look}
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        aria-controls={id}
        aria-label={label}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        {children}
      </button>
      <div class="menu-list" role="menu" id={id} aria-label={label} hidden={!isOpen.value}>
        {isOpen.value &&
          items.map((item) => (
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              key={item.label}
              onClick={() => {
                close(true)
                item.run()
              }}
            >
              <span>{item.label}</span>
              {item.hint !== undefined && <kbd>{item.hint}</kbd>}
            </button>
          ))}
      </div>
    </div>
  )
}

interface Focused {
  readonly at: number
  readonly labels: readonly string[]
}

/** Index of the entry that a key leads to; -1 is the last one. */
function nextEntry(key: string, { at, labels }: Focused): number | undefined {
  const { length } = labels
  if (key === 'ArrowDown') return (at + 1) % length
  if (key === 'ArrowUp') return (at - 1 + length) % length
  if (key === 'Home') return 0
  if (key === 'End') return -1
  if (!/^\w$/.test(key)) return undefined
  const starts = (label: string) => label.toLowerCase().startsWith(key.toLowerCase())
  const later = labels.findIndex((label, index) => index > at && starts(label))
  const found = later === -1 ? labels.findIndex(starts) : later
  return found === -1 ? undefined : found
}
