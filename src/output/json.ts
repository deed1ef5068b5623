import type { Terminal } from './terminal.js'

type Stringify = (document: unknown, space: number | undefined) => string

const stringifyPlainly: Stringify = (document, space) => JSON.stringify(document, undefined, space)

/**
 * Writes one JSON document; laid out on a screen, on one line in a pipe.
 *
 * @param stringify in place of that of JSON, for data that it would change
 */
export function writeJson(terminal: Terminal, document: unknown, stringify: Stringify = stringifyPlainly): void {
  terminal.write(`${terminal.data(stringify(document, terminal.isTTY ? 2 : undefined))}\n`)
}

/** A value that `JSON.parse` gave, or null if it is nested too deep to be written again. */
export function writable(value: unknown): unknown {
  try {
    JSON.stringify(value)
    return value
  } catch {
    return null
  }
}
