import { signal } from '@preact/signals'

/** Ticks once a second, for what runs and for how long ago something was. */
export const now = signal(Date.now())

export function startClock(): void {
  setInterval(() => (now.value = Date.now()), 1000)
}
