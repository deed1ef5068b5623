import type { Terminal } from './terminal.js'
import { displayWidth } from './width.js'

/** A line that may come again and again, so that it is written once, with the number of times. */
export interface RepeatableLine {
  /** Two lines of one key are the same but for their time. */
  readonly key: string
  /** The line, as it is after so many times. */
  readonly render: (times: number) => string
}

interface LineQueueOptions {
  readonly terminal: Terminal
  /** The lines are data, which is written as it is. */
  readonly isData?: boolean
  /** What stands in place of lines that nobody was there to read. */
  readonly leftOut: (count: number) => string
}

interface Repeated extends RepeatableLine {
  times: number
}

/** A reader that does not keep up is given so much at most, once it does; the other lines are only counted. */
const mostWaiting = { lines: 5000, characters: 4_000_000 }

/** For lines that must not be missing. */
const mostKept = { lines: 10_000, characters: 8_000_000 }

/** So many lines are worth a write of their own. */
const fullBatch = 500

/** How often lines are written at most: each write costs more than a line. */
const intervalMs = 20

/**
 * Writes lines without ever waiting for their reader: a terminal that is stopped or a slow pipe costs neither time nor
 * memory without bound. Whatever is written to the stream while a queue is in use goes through it.
 */
export class LineQueue {
  readonly #terminal: Terminal
  readonly #lineOf: (line: string) => string
  readonly #leftOut: (count: number) => string
  #waiting: (string | Repeated)[] = []
  /** Characters of the lines that wait, as far as they are known. */
  #characters = 0
  #dropped = 0
  /** The line that stands last on the screen, if it can be written anew in its place. */
  #last: Repeated | undefined
  #rowsOfLast = 1
  #timer: NodeJS.Timeout | undefined
  #writtenAt = -intervalMs
  #isHeld = false

  constructor({ terminal, isData = false, leftOut }: LineQueueOptions) {
    this.#terminal = terminal
    this.#lineOf = isData ? (line) => `${line}\n` : (line) => terminal.lineOf(line)
    this.#leftOut = leftOut
  }

  /** `mustStay`: it is written also if the reader is far behind. */
  push(lines: readonly string[], { mustStay = false } = {}): void {
    if (lines.length === 0) return
    if (!this.#hasRoom(mustStay ? mostKept : mostWaiting)) {
      this.#dropped += lines.length
      return
    }
    for (const line of lines) {
      this.#waiting.push(line)
      this.#characters += line.length
    }
    this.#schedule()
  }

  /** On a screen, one line that comes again takes the place of the last. */
  pushRepeatable(line: RepeatableLine): void {
    const last = this.#waiting.at(-1) ?? this.#last
    if (this.#terminal.canRewrite && this.#dropped === 0 && typeof last === 'object' && last.key === line.key) {
      this.#repeat(last, line)
      return
    }
    if (!this.#hasRoom(mostWaiting)) {
      this.#dropped += 1
      return
    }
    this.#waiting.push({ ...line, times: 1 })
    this.#schedule()
  }

  /** Something else has been written to the screen. */
  forgetLast(): void {
    this.#last = undefined
  }

  /** Writes all there is, and waits for it to be read, though not for long. */
  async end(patienceMs = 500): Promise<void> {
    if (!this.#isHeld) this.#write()
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#terminal.abandon()
        resolve()
      }, patienceMs)
    })
    await Promise.race([this.#written(), patience])
    clearTimeout(timer)
  }

  async #written(): Promise<void> {
    while (this.#isHeld) await new Promise<void>((resolve) => this.#terminal.onDrain(resolve))
    await this.#terminal.flush()
  }

  #hasRoom({ lines, characters }: typeof mostWaiting): boolean {
    return this.#waiting.length < lines && this.#characters < characters
  }

  #repeat(last: Repeated, { render }: RepeatableLine): void {
    const repeated: Repeated = { key: last.key, render, times: last.times + 1 }
    if (this.#waiting.length > 0) this.#waiting[this.#waiting.length - 1] = repeated
    else {
      // It has been written: what comes now goes over it.
      this.#waiting.push(repeated)
      this.#schedule()
    }
  }

  #noteDropped(): void {
    if (this.#dropped === 0) return
    this.#waiting.push(this.#leftOut(this.#dropped))
    this.#dropped = 0
  }

  #schedule(): void {
    if (this.#isHeld || (this.#timer && this.#waiting.length < fullBatch)) return
    const wait = this.#writtenAt + intervalMs - performance.now()
    if (wait <= 0 || this.#waiting.length >= fullBatch) this.#write()
    else this.#timer = setTimeout(() => this.#write(), wait)
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#noteDropped()
    if (this.#waiting.length === 0) return
    const lines = this.#waiting.splice(0)
    this.#characters = 0
    // Each time: a process that inherits the terminal makes it blocking again, for everybody.
    this.#terminal.unblock()
    this.#terminal.write(lines.map((line) => this.#textOf(line)).join(''))
    this.#writtenAt = performance.now()
    if (this.#terminal.isCongested) this.#hold()
  }

  #textOf(line: string | Repeated): string {
    const [last, rows] = [this.#last, this.#rowsOfLast]
    if (typeof line === 'string') {
      this.#last = undefined
      return this.#lineOf(line)
    }
    const text = line.render(line.times)
    this.#last = line
    if (this.#terminal.canRewrite) this.#rowsOfLast = Math.ceil(displayWidth(text) / this.#terminal.width)
    const isAgain = last?.key === line.key && line.times > last.times
    return (isAgain ? overRows(rows) : '') + this.#lineOf(text)
  }

  /** Until the reader has caught up. */
  #hold(): void {
    this.#isHeld = true
    this.#terminal.onDrain(() => {
      this.#isHeld = false
      this.#write()
    })
  }
}

/** Up these rows, and clear them. */
function overRows(rows: number): string {
  return `\u001b[${rows}A\r\u001b[J`
}
