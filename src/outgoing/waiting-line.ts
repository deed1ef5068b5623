/** From so many empty places at the front on, they are given back. */
const mostEmpty = 256

/** First come, first served. Why it is no Set: docs/architecture.md, "What comes and goes". */
export class WaitingLine<T> {
  #items: (T | undefined)[] = []
  /** Where the next one stands. */
  #first = 0

  add(item: T): void {
    this.#items.push(item)
  }

  /** Takes out the one that has waited longest; undefined if none waits. */
  next(): T | undefined {
    if (this.#first === this.#items.length) return undefined
    const item = this.#items[this.#first]
    this.#items[this.#first] = undefined
    this.#first += 1
    if (this.#first === this.#items.length) this.#empty()
    else if (this.#first >= mostEmpty && this.#first * 2 >= this.#items.length) this.#giveBack()
    return item
  }

  /** Takes one out that does not want to wait any more, if it does wait. */
  delete(item: T): void {
    const at = this.#items.indexOf(item, this.#first)
    if (at !== -1) this.#items.splice(at, 1)
  }

  #empty(): void {
    this.#items.length = 0
    this.#first = 0
  }

  #giveBack(): void {
    this.#items.splice(0, this.#first)
    this.#first = 0
  }
}
