import { problemOf } from '../core/client.js'
import { say } from './toasts.js'

/** Does what a button promises, and says what went wrong. */
export function act(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => {
    const { message, detail } = problemOf(error)
    say(detail.hint === undefined ? message : `${message}: ${detail.hint}`, { tone: 'bad' })
  })
}

export async function copyText(text: string, what: string): Promise<void> {
  await navigator.clipboard.writeText(text)
  say(`Copied ${what}`)
}
