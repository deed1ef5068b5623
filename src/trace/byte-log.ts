/** Where a record stands; good until it is dropped. Counts what has ever been written, in words of eight bytes. */
export type Position = number

const word = 8
/** Before the numbers of a record: its size in words, negative once it is dropped, and the length of its text in bytes. */
const headWords = 2
/** The most bytes that UTF-8 takes for a character of a string. */
const widest = 3
const firstWords = 8 * 1024

/**
 * Records of numbers and a text, in one stretch of bytes that is written round and round: what stands here costs the garbage collector
 * nothing. It grows while what is kept does not fit in, up to `mostBytes`.
 */
export class ByteLog {
  readonly #mostWords: number
  #bytes = Buffer.alloc(0)
  /** The same bytes. */
  #words = new Float64Array(0)
  /** Where the oldest record that is not dropped stands. */
  #tail = 0
  /** Where the next one will stand. */
  #head = 0

  constructor(mostBytes: number) {
    this.#mostWords = mostBytes / word
  }

  /** Undefined if there is no room for it. */
  write(numbers: readonly number[], text: string): Position | undefined {
    const startOfText = headWords + numbers.length
    if (!this.#makeRoom(startOfText + Math.ceil((text.length * widest) / word))) return undefined
    const at = this.#head % this.#words.length
    const length = this.#bytes.write(text, (at + startOfText) * word)
    const size = startOfText + Math.ceil(length / word)
    this.#words[at] = size
    this.#words[at + 1] = length
    for (let index = 0; index < numbers.length; index++) this.#words[at + headWords + index] = numbers[index] ?? 0
    const position = this.#head
    this.#head += size
    return position
  }

  /** One of the numbers of a record. */
  numberAt(position: Position, index: number): number {
    return this.#words[(position % this.#words.length) + headWords + index] ?? 0
  }

  /** The text of a record that has so many numbers. */
  textAt(position: Position, numbers: number): string {
    const at = position % this.#words.length
    const start = (at + headWords + numbers) * word
    return this.#bytes.toString('utf8', start, start + (this.#words[at + 1] ?? 0))
  }

  /** Nobody needs it any more. */
  drop(position: Position): void {
    const at = position % this.#words.length
    this.#words[at] = -Math.abs(this.#words[at] ?? 0)
    while (this.#tail < this.#head) {
      const size = this.#words[this.#tail % this.#words.length] ?? 0
      if (size >= 0) return
      this.#tail -= size
    }
  }

  /** No record goes across the end: what is left there counts as dropped. */
  #makeRoom(size: number): boolean {
    for (;;) {
      const words = this.#words.length
      const left = words === 0 ? 0 : words - (this.#head % words)
      const skipped = size > left ? left : 0
      if (size <= words && this.#head + skipped + size - this.#tail <= words) {
        if (skipped > 0) this.#skip(skipped)
        return true
      }
      if (!this.#grow()) return false
    }
  }

  #skip(words: number): void {
    this.#words[this.#head % this.#words.length] = -words
    if (this.#tail === this.#head) this.#tail += words
    this.#head += words
  }

  /** Twice the size: what did not go across the end before does not now. */
  #grow(): boolean {
    const [before, length] = [this.#words, this.#words.length]
    const after = Math.max(length * 2, firstWords)
    if (after > this.#mostWords) return false
    this.#bytes = Buffer.alloc(after * word)
    this.#words = new Float64Array(this.#bytes.buffer, this.#bytes.byteOffset, after)
    for (let position = this.#tail; position < this.#head;) {
      const at = position % length
      const size = Math.abs(before[at] ?? 0)
      this.#words.set(before.subarray(at, at + size), position % after)
      position += size
    }
    return true
  }
}
