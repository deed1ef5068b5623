import { signal } from '@preact/signals'
import { remember, remembered } from './storage.js'

export interface Shortcut {
  /** `g t`, `r`, `Shift+R`, `Escape`. */
  readonly keys: string
  readonly doc: string
  /** False: it was not for this one, the browser goes on. */
  readonly run: (event: KeyboardEvent) => unknown
}

/** Single keys can be switched off, for those whose speech or hands press them by chance. */
export const areKeysOn = signal(remembered('zato-keys') !== 'off')

export function setKeysOn(value: boolean): void {
  areKeysOn.value = value
  remember('zato-keys', value ? undefined : 'off')
}

const layers: (readonly Shortcut[])[] = []
let prefix = ''
let prefixTimer: ReturnType<typeof setTimeout> | undefined

/** The newest layer wins. Returns how to take it away. */
export function bindKeys(shortcuts: readonly Shortcut[]): () => void {
  layers.push(shortcuts)
  return () => {
    const at = layers.lastIndexOf(shortcuts)
    if (at !== -1) layers.splice(at, 1)
  }
}

export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (!areKeysOn.value && event.key !== 'Escape') return
    if (document.querySelector('dialog[open]') || (isTyping(event.target) && event.key !== 'Escape')) return
    const name = event.shiftKey && /^[A-Z]$/.test(event.key) ? `Shift+${event.key}` : event.key
    const keys = prefix === '' ? name : `${prefix} ${name}`
    const found = find(keys)
    setPrefix('')
    if (found) {
      if (found.run(event) !== false) event.preventDefault()
    } else if (layers.some((layer) => layer.some((one) => one.keys.startsWith(`${keys} `)))) setPrefix(keys)
  })
}

function find(keys: string): Shortcut | undefined {
  for (const layer of layers.toReversed()) {
    const found = layer.find((one) => one.keys === keys)
    if (found) return found
  }
  return undefined
}

function setPrefix(value: string): void {
  clearTimeout(prefixTimer)
  prefix = value
  if (value !== '') prefixTimer = setTimeout(() => (prefix = ''), 1200)
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]')
  )
}
