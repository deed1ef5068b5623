/**
 * Requests under way by their id. Why it is no Map: docs/architecture.md, "What comes and goes". Each has the cell that the last bits of its id tell. The side that
 * gives out ids leaves out those whose cell is taken, so that the other one has room for them, too.
 */
export class IdTable<T extends { readonly id: number }> {
  #cells: (T | undefined)[] = emptyCells(64)
  #size = 0
  #lastId = 0

  /** An id that has not been given before, for the next entry. */
  nextId(): number {
    if (this.#size * 2 >= this.#cells.length) this.#grow()
    do this.#lastId += 1
    while (this.#cells[this.#cellOf(this.#lastId)])
    return this.#lastId
  }

  get(id: number): T | undefined {
    const found = this.#cells[this.#cellOf(id)]
    return found?.id === id ? found : undefined
  }

  set(entry: T): void {
    while (this.#cells[this.#cellOf(entry.id)]) this.#grow()
    this.#cells[this.#cellOf(entry.id)] = entry
    this.#size += 1
  }

  /** Gives whether it was there. */
  delete(entry: T): boolean {
    const cell = this.#cellOf(entry.id)
    if (this.#cells[cell] !== entry) return false
    this.#cells[cell] = undefined
    this.#size -= 1
    return true
  }

  /** By id, lowest first. */
  values(): T[] {
    return this.#cells.filter((entry) => entry !== undefined).sort((a, b) => a.id - b.id)
  }

  #cellOf(id: number): number {
    return id & (this.#cells.length - 1)
  }

  #grow(): void {
    const entries = this.values()
    this.#cells = emptyCells(this.#cells.length * 2)
    for (const entry of entries) this.#cells[this.#cellOf(entry.id)] = entry
  }
}

function emptyCells(count: number): undefined[] {
  return Array.from({ length: count }, () => undefined)
}
