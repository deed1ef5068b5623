import { stripVTControlCharacters } from 'node:util'
import type { Writable } from 'node:stream'
import { escapeControls } from './escape.js'
import { type Symbols, symbolsFor } from './symbols.js'

/** What a terminal needs of a stream; `process.stdout` and `process.stderr` have it. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What makes the writes of a terminal wait for it; no public name has been given to it. */
interface BlockingHandle {
  readonly _handle?: { setBlocking?(isBlocking: boolean): unknown } | null
}

/** Streams that nobody reads any more, so that nothing waits for what was written to them. */
const abandoned = new WeakSet<OutputStream>()

export type Environment = Readonly<Record<string, string | undefined>>

export interface TerminalOptions {
  readonly env: Environment
  /** What `--color` or `--no-color` said; undefined if neither was given. */
  readonly color?: boolean | undefined
}

/**
 * One output stream and what it can show. Colour is decided for each stream by itself, because stdout may be a pipe
 * while stderr is a screen: styled text is written with its colours, and those are taken out here where they are not wanted.
 */
export class Terminal {
  readonly isTTY: boolean
  readonly hasColour: boolean
  /** Whether the cursor can be moved, so that a line can be written anew in its place. */
  readonly canRewrite: boolean
  readonly symbols: Symbols
  readonly #stream: OutputStream
  /** Got hold of before services run: what they write themselves is taken (`runtime/stray-output.ts`). */
  readonly #write: OutputStream['write']
  readonly #columns: number | undefined

  constructor(stream: OutputStream, { env, color }: TerminalOptions) {
    this.#stream = stream
    this.#write = stream.write.bind(stream)
    this.isTTY = stream.isTTY === true
    this.hasColour = color ?? wantsColour(this.isTTY, env)
    this.canRewrite = this.isTTY && this.hasColour && env.TERM !== 'dumb'
    this.symbols = symbolsFor(env)
    this.#columns = positive(Number(env.COLUMNS))
  }

  /** Columns of text; 100 where nobody says. */
  get width(): number {
    return positive(this.#stream.columns) ?? this.#columns ?? 100
  }

  /** Writes a message of our own, with a line end. Data from elsewhere in it must have been through `escapeControls`. */
  line(text = ''): void {
    this.#write(this.lineOf(text))
  }

  /** What `line` would write. */
  lineOf(text: string): string {
    return `${this.hasColour ? text : stripVTControlCharacters(text)}\n`
  }

  /** Writes exactly these bytes. */
  write(data: string | Uint8Array): void {
    this.#write(data)
  }

  /** Text from elsewhere, as this stream may show it: exact in a pipe; on a screen its control characters are visible. */
  data(text: string): string {
    return this.isTTY ? escapeControls(text) : text
  }

  /**
   * The next write does not wait for the terminal. Node lets it, so that a process comes to a halt as long as its output is
   * held with Ctrl-S; a server must go on.
   */
  unblock(): void {
    if (this.isTTY) (this.#stream as BlockingHandle)._handle?.setBlocking?.(false)
  }

  /** Whether more should be written only after `onDrain`. */
  get isCongested(): boolean {
    return this.#stream.writableNeedDrain
  }

  /** Calls back once, when the reader has caught up. */
  onDrain(listener: () => void): void {
    this.#stream.once('drain', listener)
  }

  /** Resolves when everything written so far has left the process, or was given up. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.writable && !abandoned.has(this.#stream)) this.#write('', () => resolve())
      else resolve()
    })
  }

  /** Nothing waits any more for what was written. */
  abandon(): void {
    abandoned.add(this.#stream)
  }
}

function wantsColour(isTTY: boolean, env: Environment): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTTY && env.TERM !== 'dumb'
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}
