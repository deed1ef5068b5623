/**
 * What must outlive the connections that made it, such as over a reload: plain data under keys that hold everything it
 * depends on.
 */
export interface Kept {
  get(key: string): unknown
  /** @param value undefined forgets it */
  set(key: string, value: unknown): void
}

/** Keeps as long as this process lives. */
export function createKept(entries: Iterable<readonly [string, unknown]> = []): Kept {
  const kept = new Map(entries)
  return {
    get: (key) => kept.get(key),
    set(key, value) {
      if (value === undefined) kept.delete(key)
      else kept.set(key, value)
    },
  }
}
