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
