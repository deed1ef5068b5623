/**
 * What must outlive the connections that made it, such as over a reload: plain data under keys that hold everything it
 * depends on.
 */
export interface Kept {
  get(key: string): unknown
  /** @param value undefined forgets it */
  set(key: string, value: unknown): void
}

export type KeptEntry = readonly [key: string, value: unknown]

/** Definitions change, and leave behind what was kept for them. */
const mostKept = 1000

/** Keeps as long as this process lives, beginning with these. */
export class KeptHere implements Kept {
  readonly #entries: Map<string, unknown>

  constructor(entries: Iterable<KeptEntry> = []) {
    this.#entries = new Map(entries)
  }

  entries(): KeptEntry[] {
    return [...this.#entries]
  }

  /** Forgets every entry whose key begins so, and gives how many there were. */
  forget(prefix: string): number {
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(prefix))
    for (const key of keys) this.#entries.delete(key)
    return keys.length
  }

  get(key: string): unknown {
    return this.#entries.get(key)
  }

  set(key: string, value: unknown): void {
    this.#entries.delete(key)
    if (value === undefined) return
    this.#entries.set(key, value)
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size > mostKept) this.#entries.delete(oldest)
  }
}
