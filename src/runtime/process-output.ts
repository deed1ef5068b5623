import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import type { LogLevel } from '../log.js'

/** How Node's report begins when the heap is full. */
const heapReport = '<--- Last few GCs --->'

/** What a process writes past the logger, line by line, except for what Node has to say about the end of it. */
export class ProcessOutput {
  readonly #onLine: (level: LogLevel, line: string) => void
  #isUp = false
  /** What Node prints is about itself: why it does not start, or how its heap is full, at a length that helps nobody. */
  #isDying = false
  #lastWords = ''

  constructor(output: Readable | null, errors: Readable | null, onLine: (level: LogLevel, line: string) => void) {
    this.#onLine = onLine
    this.#read(output, 'info')
    this.#read(errors, 'warn')
  }

  /** What was written instead of starting. */
  get lastWords(): string {
    return this.#lastWords
  }

  get tellsOfFullHeap(): boolean {
    return this.#lastWords.includes('heap out of memory')
  }

  /** The process has started: from now on, what it writes is what the services write. */
  up(): void {
    this.#isUp = true
  }

  #read(stream: Readable | null, level: LogLevel): void {
    if (!stream) return
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.#isDying ||= line === heapReport || !this.#isUp
      if (this.#isDying) this.#lastWords += `${line}\n`
      else this.#onLine(level, line)
    })
  }
}
