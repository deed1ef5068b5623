import { stripVTControlCharacters } from 'node:util'
import type { Writable } from 'node:stream'
import { escapeControls } from './escape.js'
import { type Symbols, symbolsFor } from './symbols.js'

/** What a terminal needs of a stream; `process.stdout` and `process.stderr` have it. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

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
  readonly symbols: Symbols
  readonly #stream: OutputStream
  readonly #columns: number | undefined

  constructor(stream: OutputStream, { env, color }: TerminalOptions) {
    this.#stream = stream
    this.isTTY = stream.isTTY === true
    this.hasColour = color ?? wantsColour(this.isTTY, env)
    this.symbols = symbolsFor(env)
    this.#columns = positive(Number(env.COLUMNS))
  }

  /** Columns of text; 100 where nobody says. */
  get width(): number {
    return positive(this.#stream.columns) ?? this.#columns ?? 100
  }

  /** Writes a message of our own, with a line end. Data from elsewhere in it must have been through `escapeControls`. */
  line(text = ''): void {
    this.#stream.write(`${this.hasColour ? text : stripVTControlCharacters(text)}\n`)
  }

  /** Writes exactly these bytes. */
  write(data: string | Uint8Array): void {
    this.#stream.write(data)
  }

  /** Text from elsewhere, as this stream may show it: exact in a pipe; on a screen its control characters are visible. */
  data(text: string): string {
    return this.isTTY ? escapeControls(text) : text
  }

  /** Resolves when everything written so far has left the process. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.writable) this.#stream.write('', () => resolve())
      else resolve()
    })
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
