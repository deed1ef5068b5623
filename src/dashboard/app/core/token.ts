import { signal } from '@preact/signals'
import { remember, remembered } from './storage.js'

const key = 'zato-token'

/** What each request shows; empty if there is none, or it was refused. */
export const token = signal('')

/** Whether the one that is there was refused. */
export const isTokenRefused = signal(false)

/** Takes it from the address (`#t=…`), which is then cleaned, or from what is remembered. */
export function takeToken(): void {
  const given = /^#t=([\w-]{8,})$/.exec(location.hash)?.[1]
  if (given !== undefined) {
    history.replaceState(history.state, '', location.pathname + location.search)
    setToken(given)
  } else if (token.value === '') token.value = remembered(key) ?? ''
}

export function setToken(given: string): void {
  remember(key, given)
  isTokenRefused.value = false
  token.value = given
}

export function refuseToken(used: string): void {
  if (used !== token.value) return
  isTokenRefused.value = used !== ''
  token.value = ''
  if (remembered(key) === used) remember(key, undefined)
}

/** The token itself, a link that ends with it, or a line of the terminal that has the link in it. */
export function tokenIn(text: string): string | undefined {
  return /#t=([\w-]{8,})/.exec(text)?.[1] ?? /^\s*([\w-]{8,})\s*$/.exec(text)?.[1]
}

/** A link that is pasted over the page, and what another tab was given. */
export function watchToken(): void {
  addEventListener('hashchange', takeToken)
  addEventListener('storage', (event) => {
    if (event.key === key && event.newValue !== null) setToken(event.newValue)
  })
}
