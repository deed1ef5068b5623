import { type KeptEntry, KeptHere } from '../outgoing/kept.js'
import type { FromServices } from './messages.js'

/** What is kept by the main process, for the generations that follow. */
export class KeptThere extends KeptHere {
  readonly #send: (message: FromServices) => void

  constructor(entries: Iterable<KeptEntry>, send: (message: FromServices) => void) {
    super(entries)
    this.#send = send
  }

  override set(key: string, value: unknown): void {
    super.set(key, value)
    this.#send({ type: 'keep', key, value })
  }
}
