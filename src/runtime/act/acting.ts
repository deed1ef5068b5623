import { ZatoError } from '../../errors.js'
import type { Dispatch } from '../../exchange.js'
import type { Logger } from '../../log.js'
import { didYouMean } from '../../nearest.js'
import type { Project } from '../../project/project.js'
import type { Redactor } from '../../redact.js'
import type { Capture } from '../capture/capture.js'

/** What doing something on behalf of whoever watches needs of the server. Asked anew each time: what is served changes. */
export interface Acting {
  readonly capture: Capture
  readonly log: Logger
  /** @throws ZatoError if nothing is served */
  readonly project: () => Project
  readonly redactor: () => Redactor
  /** Names of the services that answer now. */
  readonly services: () => readonly string[]
  readonly dispatch: Dispatch
  /** Where the listener is. */
  readonly address: () => { readonly host: string; readonly port: number }
  /** What is under way, by the id of its trace: how to end it. */
  readonly running: Map<number, AbortController>
}

/** @throws ZatoError ZU003 */
export function named<T extends { readonly name: string }>(items: readonly T[], name: string, noun: string): T {
  const found = items.find((item) => item.name === name)
  if (found) return found
  const hint = didYouMean(
    name,
    items.map((item) => item.name),
  )
  throw new ZatoError('ZU003', `Unknown ${noun} "${name}"`, { hint })
}

/** Headers as an object; a repeated one is joined by `, `. */
export function headerRecord(pairs: readonly (readonly [string, string])[] = []): Record<string, string> {
  const joined = new Map<string, [name: string, value: string]>()
  for (const [name, value] of pairs) {
    const before = joined.get(name.toLowerCase())
    joined.set(name.toLowerCase(), before ? [before[0], `${before[1]}, ${value}`] : [name, value])
  }
  return Object.fromEntries(joined.values())
}
