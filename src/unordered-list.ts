/** What an `UnorderedList` can hold, in one list at a time. */
export interface Listed {
  /** The list's own: where it stands. */
  place: number
}

/** What is under way. Why it is no Set: docs/architecture.md, "What comes and goes". */
export class UnorderedList<T extends Listed> implements Iterable<T> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: T): void {
    item.place = this.#items.length
    this.#items.push(item)
  }

  has(item: T): boolean {
    return this.#items[item.place] === item
  }

  /** Gives whether it was there. */
  delete(item: T): boolean {
    const { place } = item
    if (this.#items[place] !== item) return false
    const last = this.#items.pop()
    if (last && last !== item) {
      this.#items[place] = last
      last.place = place
    }
    return true
  }

  /** In no order. What is added or deleted meanwhile changes nothing. */
  [Symbol.iterator](): IterableIterator<T> {
    return [...this.#items].values()
  }
}
